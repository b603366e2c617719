"""The terminal screen: Textual widgets around one bench; no arithmetic on money and no pricing."""
