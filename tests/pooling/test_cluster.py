"""Many analyses on a Dask cluster have the same numbers as on one processor."""

import logging
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose

from synthesist.pooling import pool_many


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    pytest.importorskip("dask", reason="no Dask; run: pip install synthesist[cluster]")
    distributed = pytest.importorskip(
        "distributed", reason="no Dask; run: pip install synthesist[cluster]"
    )
    import dask

    # Workers are started by a fresh interpreter, whose messages are of no interest.
    quiet = {
        "distributed.worker.daemon": True,
        "distributed.admin.system-monitor.gil.enabled": False,
        "distributed.worker.memory.target": False,
        "distributed.worker.memory.spill": False,
        "distributed.worker.memory.pause": False,
        "distributed.worker.memory.terminate": False,
        "temporary-directory": str(tmp_path_factory.mktemp("dask")),
    }
    with warnings.catch_warnings(), dask.config.set(quiet):
        warnings.simplefilter("ignore")
        with (
            distributed.LocalCluster(
                n_workers=2,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                protocol="tcp://",
                dashboard_address=None,
                worker_dashboard_address=None,
                silence_logs=logging.CRITICAL,
            ) as cluster,
            distributed.Client(cluster) as found,
        ):
            yield found


def batch(groups):
    random = np.random.default_rng(11)
    counts = random.integers(0, 12, groups)
    counts[:2] = 5
    group = np.repeat(np.arange(groups), counts)
    v = random.uniform(0.01, 1, len(group))
    y = random.normal(0.3, np.sqrt(v + random.choice([0.0, 1.0], groups)[group]))
    v[3] = -1.0
    y[7] = v[7] = np.nan
    return {"group": group, "yi": y, "vi": v}


@pytest.mark.parametrize("groups", [2, 300])
@pytest.mark.parametrize("options", [{}, {"tau2": "DL", "interval": "HK"}])
def test_a_cluster_gives_the_same_numbers(client, groups, options):
    data = batch(groups)
    alone = pool_many(data, by="group", **options)
    found = pool_many(data, by="group", client=client, **options)
    assert found.keys() == alone.keys()
    for name in ("group", "k", "status"):
        assert found[name] == alone[name]
    # Groups have other neighbours, so that sums may round otherwise.
    for name in found.keys() - {"group", "k", "status"}:
        ours, theirs = (np.array(each[name], dtype=float) for each in (found, alone))
        assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12, err_msg=name)
    assert sum(status != "ok" for status in alone["status"]) == 1


def test_the_work_is_done_by_two_processes(client):
    assert len(client.scheduler_info()["workers"]) == 2
    addresses = client.scheduler_info()["workers"]
    assert all(address.startswith("tcp://127.0.0.1:") for address in addresses)


def test_no_groups_need_no_work(client):
    found = pool_many({"g": [], "yi": [], "vi": []}, by="g", client=client)
    assert found["g"] == found["status"] == []
