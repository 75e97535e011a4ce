# shellcheck shell=sh
# Read by scripts/demo, scripts/live and scripts/test: makes .venv in the repository and sees to what the system must bring.
# It runs in the repository's folder, $root.

python=             # the Python that makes the environment
root=${root:?}
venv=$root/.venv
venv_python=$venv/bin/python
# Each start of Python would compile viz3d's own files anew.
unset PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

say() { printf '==> %s\n' "$*"; }

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Print the command that installs the packages "$@".
install_command() { printf 'sudo apt-get install -y --no-install-recommends %s' "$*"; }

# Whether this user may install packages without being asked for a password.
may_install() {
    has apt-get || return 1
    [ "$(id -u)" -eq 0 ] || { has sudo && sudo -n true 2>/dev/null; }
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

apt_install() {
    say "Installing with apt: $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update >/dev/null || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" </dev/null >/dev/null
}

right_version() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for name in python3 python3.13 python3.12 python3.11 python3.14; do
        if has "$name" && right_version "$name"; then
            python=$name
            return 0
        fi
    done
    return 1
}

# Whether a software or hardware driver for drawing off-screen can be opened; the true test, a picture,
# comes when the environment is there.
driver_seems_there() {
    "$python" - <<'PYTHON' >/dev/null 2>&1
import ctypes

egl = ctypes.CDLL("libEGL.so.1")
egl.eglGetProcAddress.restype = ctypes.c_void_p
query = ctypes.CFUNCTYPE(ctypes.c_uint, ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.c_int))(
    egl.eglGetProcAddress(b"eglQueryDevicesEXT")
)
display_of = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p)(
    egl.eglGetProcAddress(b"eglGetPlatformDisplayEXT")
)
devices, count = (ctypes.c_void_p * 16)(), ctypes.c_int()
query(16, devices, ctypes.byref(count))
displays = [display_of(0x313F, device, None) for device in devices[: count.value]]
assert any(egl.eglInitialize(ctypes.c_void_p(display), None, None) for display in displays if display)
PYTHON
}

# Print the packages whose libraries Qt's windows need and this system lacks: what `ldd` says of PySide6's plugins
# "xcb" (a screen) and "offscreen" (tests). Their own dependencies bring the rest.
qt_packages() {
    set -- \
        libEGL.so.1 libegl1 libGL.so.1 libgl1 libglib-2.0.so.0 libglib2.0-0 libfontconfig.so.1 libfontconfig1 \
        libdbus-1.so.3 libdbus-1-3 libxkbcommon.so.0 libxkbcommon0 libxkbcommon-x11.so.0 libxkbcommon-x11-0 \
        libX11-xcb.so.1 libx11-xcb1 libxcb-cursor.so.0 libxcb-cursor0 libxcb-icccm.so.4 libxcb-icccm4 \
        libxcb-image.so.0 libxcb-image0 libxcb-keysyms.so.1 libxcb-keysyms1 libxcb-randr.so.0 libxcb-randr0 \
        libxcb-render-util.so.0 libxcb-render-util0 libxcb-shape.so.0 libxcb-shape0 libxcb-shm.so.0 libxcb-shm0 \
        libxcb-sync.so.1 libxcb-sync1 libxcb-xfixes.so.0 libxcb-xfixes0 libxcb-xkb.so.1 libxcb-xkb1
    if [ -z "$python" ]; then
        while [ $# -gt 0 ]; do printf '%s ' "$2"; shift 2; done
        return 0
    fi
    "$python" - "$@" <<'PYTHON'
import ctypes, sys

for library, package in zip(sys.argv[1::2], sys.argv[2::2]):
    try:
        ctypes.CDLL(library)
    except OSError:
        print(package, end=" ")
PYTHON
}

# Install what the system lacks for $1, "demo", "live" or "test", or say which command does.
# All of it is gathered before a word is said, so that one command is enough.
system_packages() {
    needed=
    wanted=
    if ! find_python; then
        needed="python3 python3-venv"
    elif ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        needed="$python-venv"
    fi
    if [ "$(uname)" = Linux ]; then
        if [ -z "$python" ] || ! driver_seems_there; then wanted="libegl1 libgl1-mesa-dri"; fi
        if [ "$1" = test ] && ! has Xvfb; then wanted="$wanted xvfb"; fi
        case $1 in live | test) wanted="$wanted $(qt_packages)" ;; esac
    fi
    # Unquoted on purpose, here and below: each word is a package.
    # shellcheck disable=SC2086,SC2116
    wanted=$(echo $wanted)
    [ -n "$needed$wanted" ] || return 0
    # shellcheck disable=SC2086
    if may_install; then
        apt_install $needed $wanted || fail "apt-get could not install: $needed $wanted"
        find_python || fail "Python 3.11 or newer is needed, and this system's own is older: see https://www.python.org/downloads/"
    elif [ -n "$needed" ]; then
        missing_python $needed $wanted
    elif has apt-get; then
        say "Missing, and needed for some of this: $(install_command $wanted)"
    fi
}

missing_python() {
    if has apt-get; then
        fail "packages are missing; run this, then $0 again: $(install_command "$@")"
    fi
    fail "Python 3.11 or newer with the venv module is needed: install it from https://www.python.org/downloads/ or with your system's package tool"
}

# Make .venv, or bring it up to date with pyproject.toml. $1: "" or an extra such as "test".
environment() {
    extra=$1
    stamp=$venv/installed-${extra:-plain}
    state="$(cksum <"$root/pyproject.toml") $root"
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$state" ] && right_version "$venv_python"; then
        say "The environment in .venv is up to date"
        return 0
    fi
    if ! right_version "$venv_python" || ! "$venv_python" -m pip --version >/dev/null 2>&1 || moved; then
        # What a link leads to is another's: made anew, all in it would be lost.
        [ ! -L "$venv" ] || fail "$venv is a link to an environment that is not this folder's: remove the link, then $0 again"
        say "Making a Python environment in .venv with $("$python" --version)"
        "$python" -m venv --clear "$venv" || fail "could not make $venv"
    fi
    say "Installing viz3d and what it needs (the first time: a few minutes, 1.3 GB on disk)"
    # On a terminal pip shows how far it is; a log would be filled by it.
    quiet=
    [ -t 1 ] || quiet=--quiet
    # Unquoted on purpose: no word where there is none. Most of what comes is never imported: Python compiles what is.
    # shellcheck disable=SC2086
    "$venv_python" -m pip install $quiet --disable-pip-version-check --no-compile --editable ".${extra:+[$extra]}" ||
        fail "pip could not install viz3d: see its words above; without a network it cannot"
    printf '%s\n' "$state" >"$stamp"
    installed=yes
}

# Whether the environment was made where the repository no longer is: its programs name the old place.
moved() {
    for stamp_there in "$venv"/installed-*; do
        [ -f "$stamp_there" ] || continue
        case "$(cat "$stamp_there")" in *" $root") ;; *) return 0 ;; esac
    done
    return 1
}

# Draw one true picture; where that fails, viz3d says in one line what to install.
check_drawing() {
    "$venv_python" -m viz3d.command.display || exit 1
}

# The same where the environment was made just now, and compile the loops that draw films: else the first film
# waits for them. Whoever has no folder to keep them in draws all the same.
prepare_drawing() {
    if [ -z "${installed:-}" ]; then
        check_drawing
        return 0
    fi
    say "Compiling the loops that draw (once, some ten seconds)"
    "$venv_python" -m viz3d.command.display --loops || exit 1
}
