"""Numbers in words, alike in every command."""


def counted(number: int, what: str) -> str:
    """The number with its word, in the plural where it is not one."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def sizes(neurons: int, synapses: int, kernels: int, parameters: int) -> str:
    """How large a network is; kernels are told where it has some."""
    counts = {"neuron": neurons, "synapse": synapses, "kernel": kernels, "parameter": parameters}
    return ", ".join(counted(count, what) for what, count in counts.items() if count or what != "kernel")


def percent(share: float, places: int = 2) -> str:
    """A share in percent; 100 means all of them, never nearly all, and 0 none of them."""
    step = float(10**-places)
    if 0 < 100 * share < step / 2:
        return f"<{step:.{places}f}%"
    short_of_all = 100 - step
    return f"{100.0 if share >= 1 else min(100 * share, short_of_all):.{places}f}%"


def duration(seconds: float) -> str:
    """A time in ms or s."""
    return f"{1000 * seconds:.0f} ms" if seconds < 0.1 else f"{seconds:.2f} s"


def number(value: float, *, plus: bool = False) -> str:
    """A number in seven columns or so, never rounded to nothing."""
    sign = "+" if plus else ""
    size = abs(value)
    if not size:
        return "0"
    if size < 0.00095 or size >= 1e7:
        return f"{value:{sign}.1e}"
    places = 4 if size < 100 else 2 if size < 10_000 else 0
    return f"{value:{sign},.{places}f}"


def short(value: float) -> str:
    """A number in three digits."""
    if 0 < abs(value) < 0.001 or abs(value) >= 1e7:
        return f"{value:.1e}"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def short_name(name: str, most: int = 10) -> str:
    """A name that has room: so many characters of it."""
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"
