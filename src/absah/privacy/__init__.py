"""Personal data (UU 27/2022): what is processed, why and how long; what people may ask; what a breach calls for."""
