"""Files and arrays of people become colours, and colours one grey: `files`, `saved_array`, `tones`."""
