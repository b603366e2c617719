"""The terminal screen: Textual widgets around one editor; no arithmetic on money and no pricing."""
