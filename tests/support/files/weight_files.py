"""What tests of files of weights alone share: tensors by name, in a file."""

import numpy as np
from safetensors.numpy import save_file

RNG = np.random.default_rng(20250813)


def stored(tmp_path, tensors, name="net.safetensors"):
    """A file of tensors, which keeps their order where it is an .npz of them."""
    path = tmp_path / name
    made = {key: np.asarray(value, np.float32) for key, value in tensors.items()}
    if path.suffix == ".npz":
        np.savez(path, **made)
    else:
        save_file(made, path)
    return path


def dense(name, n_out, n_in, bias=True):
    made = {f"{name}.weight": RNG.normal(0, 1, (n_out, n_in))}
    return made | ({f"{name}.bias": RNG.normal(0, 1, n_out)} if bias else {})


def norm(name, n):
    return {
        f"{name}.weight": RNG.normal(1, 0.3, n),
        f"{name}.bias": RNG.normal(0, 0.3, n),
        f"{name}.running_mean": RNG.normal(0, 0.3, n),
        f"{name}.running_var": RNG.uniform(0.5, 2, n),
        f"{name}.num_batches_tracked": np.array(7),
    }


def normed(x, tensors, name):
    ends = ("weight", "bias", "running_mean", "running_var")
    weight, bias, mean, var = (tensors[f"{name}.{end}"] for end in ends)
    return (x - mean) / np.sqrt(var + 1e-5) * weight + bias
