"""Work that happens later, by itself: rows say what is to be done, a queue only carries their numbers to the worker."""
