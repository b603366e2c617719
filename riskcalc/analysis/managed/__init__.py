"""A trade as it will be managed: its odds and its P&L under stop, targets and time stop."""
