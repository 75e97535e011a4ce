"""Files of data sets, a format a file: what each holds becomes images or rows, labels and classes."""
