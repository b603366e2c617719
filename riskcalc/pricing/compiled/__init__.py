"""The optional compiled core: kernels in C with the results of the numpy kernels, in less time.

`core.c` and the headers beside it are the source, `build` compiles them when riskcalc is installed, `loader`
loads the result when a kernel is first used. Without it everything is computed with numpy.
"""
