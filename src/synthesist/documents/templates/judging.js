(() => {
  "use strict";
  const pairs = [...document.querySelectorAll("article.pair")];
  const status = document.querySelector("[role=status]");
  const columns = JSON.parse(document.body.dataset.columns);
  const place = `synthesist-judged-${document.body.dataset.key}`;
  let now = 0;
  let answers = {};

  const kept = () => {
    try {
      return JSON.parse(localStorage.getItem(place)) ?? {};
    } catch {
      return {};
    }
  };
  const keep = () => {
    try {
      localStorage.setItem(place, JSON.stringify(answers));
    } catch {
      // Without a place to keep them, the answers last as long as the page.
    }
  };

  const show = () => {
    pairs.forEach((pair, number) => {
      pair.classList.toggle("now", number === now);
      const given = answers[number];
      pair.querySelector(".answer").textContent = given ? `– ${given}` : "";
    });
    status.textContent = `${Object.keys(answers).length} of ${pairs.length} answered`;
  };
  const go = (step) => {
    now = Math.min(Math.max(now + step, 0), pairs.length - 1);
    show();
  };
  const answer = (word) => {
    answers[now] = word;
    keep();
    go(1);
  };
  const undo = () => {
    delete answers[now];
    keep();
    show();
  };

  const cell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const save = () => {
    const rows = pairs.map((pair, number) => {
      const row = JSON.parse(pair.dataset.row);
      row.answer = answers[number] ?? "";
      return columns.map((name) => cell(row[name] ?? "")).join(",");
    });
    const text = [columns.join(","), ...rows, ""].join("\n");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = "answers.csv";
    link.click();
    URL.revokeObjectURL(link.href);
  };

  const verbs = {
    same: () => answer("same"),
    different: () => answer("different"),
    undo,
    back: () => go(-1),
    next: () => go(1),
    save,
  };
  const keys = {
    s: "same", d: "different", u: "undo", ArrowLeft: "back", ArrowRight: "next",
  };
  if (!pairs.length) {
    document.querySelector(".bar").remove();
    return;
  }
  document.querySelector(".bar").addEventListener("click", (event) => {
    const verb = event.target.dataset.do;
    if (verb) verbs[verb]();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const verb = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (verb) {
      event.preventDefault();
      verbs[verb]();
    }
  });
  answers = kept();
  const open = pairs.findIndex((_, number) => !answers[number]);
  now = Math.max(open, 0);
  document.body.classList.add("one");
  show();
})();
