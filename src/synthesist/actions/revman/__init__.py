"""RevMan 5 reviews: their studies and outcome data as rows of a review folder."""
