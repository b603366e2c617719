"""Scripts that write data which riskcalc ships."""
