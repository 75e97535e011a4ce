"""Files of weights as Keras lays them out."""

import h5py
import numpy as np


def keras_3(path, **layers):
    """Keras 3's way: groups named by class and number, sorted by name; arrays by number."""
    with h5py.File(path, "w") as file:
        for name, arrays in layers.items():
            own = file.create_group(f"layers/{name}/vars")
            own.attrs["name"] = f"my_{name}"
            for i, array in enumerate(arrays):
                own[str(i)] = np.asarray(array, np.float32)
        file["optimizer/vars/0"] = np.float32(0.001)
    return path


def keras_2(path, **layers):
    """Keras 2's way: the layers in their order, with the names of their arrays."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in layers]
        for name, arrays in layers.items():
            group = file.create_group(name)
            group.attrs["weight_names"] = [f"{name}/{key}:0".encode() for key in arrays]
            for key, array in arrays.items():
                group[f"{name}/{key}:0"] = np.asarray(array, np.float32)
    return path
