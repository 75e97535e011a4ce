"""Names of classes and columns as strangers' files have them: of any script, and obeyed by none."""

import numpy as np
import own_data
import pytest

from data import DataError, load_own
from engine import Task
from engine.errors import harmless

PERSIAN, FAMILY = "کتاب\u200cخانه", "👨\u200d👩\u200d👧"


def arrays(path, classes):
    count = len(classes)
    np.savez(path, x=np.eye(30 * count, 4), y=np.arange(30 * count) % count, classes=np.array(classes))
    return path


def test_classes_of_any_script_keep_their_names_and_a_network_takes_and_keeps_them(tmp_path):
    # Lost otherwise: `data` says how to train on them, and training ends with "is no name".
    said = {
        PERSIAN: PERSIAN,
        FAMILY: FAMILY,
        "Bad\u3000Ems": "Bad Ems",
        "nb\u00a0sp": "nb sp",
        "עב\u200fר": "עבר",
    }
    found = load_own(own_data.pictures(tmp_path / "words", classes=sorted(said), each=2)).classes
    assert found == tuple(said[name] for name in sorted(said))
    assert Task(classes=found).classes == found
    assert [harmless(name) for name in found] == [*found]  # as a network's file is read again


def test_what_a_terminal_would_obey_is_written_out_in_any_kind_of_set(tmp_path):
    table = tmp_path / "new\nline\x1b[31m.csv"
    table.write_text("a,b,kind\n" + "\n".join(f"{i},{i},c\x1b[2J{i % 2}" for i in range(30)))
    found = load_own(table)
    assert found.classes == ("c\\x1b[2J0", "c\\x1b[2J1")
    assert found.title == "new line\\x1b[31m"
    assert load_own(arrays(tmp_path / "a.npz", ["two\nlines", "b\x1b"])).classes == ("two lines", "b\\x1b")
    folder = own_data.pictures(tmp_path / "pets", classes=("cat\x07", "dog"), each=2)
    assert load_own(folder).classes == ("cat\\x07", "dog")


def test_a_column_may_be_called_as_a_spreadsheet_has_it(tmp_path):
    table = tmp_path / "towns.csv"
    table.write_text(
        "Länge\u00a0(cm),\u200fב,town\n" + "\n".join(f"{i},{i},{'xy'[i % 2]}" for i in range(30))
    )
    assert load_own(table).columns == ("Länge (cm)", "ב")


def test_long_labels_of_a_table_are_classes_of_their_own(tmp_path):
    def table(letters):
        rows = (f"{i},{i},{'x' * letters}{i % 3}" for i in range(30))
        (tmp_path / "t.csv").write_text("a,b,text\n" + "\n".join(rows))
        return load_own(tmp_path / "t.csv")

    # Lost otherwise: three classes that begin alike are one, and nothing is said.
    assert len(table(64).classes) == 3
    with pytest.raises(DataError, match="longer than 200 letters"):
        table(300)


@pytest.mark.parametrize(
    ("classes", "says"),
    [
        (["a", "b" * 300], r"the class b{20}\.\.\. has 300 letters"),
        (["a", " "], "class 1 has an empty name"),
        (["a", "a "], "two classes are called a:"),
    ],
)
def test_names_that_no_network_keeps_are_refused_with_the_file_s_name(tmp_path, classes, says):
    with pytest.raises(DataError, match=rf"a\.npz: {says}"):
        load_own(arrays(tmp_path / "a.npz", classes))


def test_numbers_that_float32_does_not_hold_are_told_of(tmp_path):
    # Lost otherwise: they are read as infinity, and training says that a scale is not finite.
    np.savez(tmp_path / "a.npz", x=np.full((30, 4), -1e300), y=np.arange(30) % 2)
    with pytest.raises(DataError, match=r"a\.npz: x has a number of size 1e\+300"):
        load_own(tmp_path / "a.npz")
    (tmp_path / "t.csv").write_text("label,a\n" + "\n".join(f"{i % 2},1e{i}" for i in range(60)))
    with pytest.raises(DataError, match=r"row 40 has a number beyond 3\.4e38 in column a"):
        load_own(tmp_path / "t.csv")
