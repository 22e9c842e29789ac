"""Tables, figures and text for a reader."""
