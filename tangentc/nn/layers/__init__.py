"""Layers: modules that keep the settings and the weights of a function of `functional`."""
