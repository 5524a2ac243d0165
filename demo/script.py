def play(place):
    pass
