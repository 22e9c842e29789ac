"""The figures of a report, drawn into its folder."""
