"""Arrays in, arrays out: panels, roots, quadrature, optimisation, distributions."""
