"""Pictures become a file: a writer for each kind of output, the encoder behind them, and ffmpeg's process."""
