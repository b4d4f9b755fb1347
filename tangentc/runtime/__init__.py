"""What stands between a caller and the emitted code: the cache of specialisations and the door."""
