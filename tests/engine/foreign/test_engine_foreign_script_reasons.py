"""Scripted networks of PyTorch: lists of a told type are read, what is not taken is named with its reason."""

import numpy as np
import pytest
from archive_texts import changed, replaced, rewritten
from foreign_nets import graphs, outputs
from project import FOREIGN

from engine import EngineError, import_net

SIZES = b"sizes = torch.slice(torch.size(%s), 2)\n    "


def test_a_module_is_named_where_a_piece_of_its_text_is_not_known(tmp_path):
    """GroupNorm was refused as an "operator slice" that cannot be made out."""

    def change(entry, content):
        content = content.replace(b"LayerNorm", b"GroupNorm")
        held = b"class GroupNorm" in content
        return content.replace(b"weight = self.weight", SIZES % b"input" + b"weight = self.weight", held)

    with pytest.raises(EngineError, match="its GroupNorm: a norm over maps of each image is not taken"):
        import_net(changed(tmp_path, "fused-script.pt", change))


def test_a_scripted_encoder_of_pytorchs_is_named_with_what_to_save_instead():
    """It was refused as an "operator dtype" that is none that is known."""
    with pytest.raises(EngineError, match=r"its TransformerEncoder is scripted.*torch\.export\.save.* ONNX$"):
        import_net(FOREIGN / "encoder-script.pt")


def test_an_operator_further_on_is_named_where_all_modules_are_one_text(tmp_path):
    """As torch.jit.freeze writes them."""
    before = b"x0 = torch.add(_1, places)"
    after = SIZES % b"_1" + b"x0 = torch.group_norm(torch.add(_1, places), 1)"
    with pytest.raises(EngineError, match="its operator group_norm: a norm over maps of each image"):
        rewritten(tmp_path / "frozen", (before, after))


def test_a_list_whose_type_is_told_keeps_no_network_out(tmp_path):
    """As of modules that hold List[str] or, in an LSTM, List[Tensor]."""
    name, kind = (b"X%c\0\0\0%s" % (len(text), text) for text in (b"names", b"List[str]"))
    told = name + b"ctorch.jit._pickle\nrestore_type_tag\n(]" + kind + b"tR"

    def change(entry, content):
        if not entry.endswith("/data.pkl"):
            return content
        assert content[-5:-3] == b"ub", "the items of the whole network are set there"
        return content[:-5] + told + content[-5:]

    known = graphs()
    net = import_net(changed(tmp_path, "script.pt", change)).net
    assert np.abs(outputs(net, known["images"]) - known["script"]).max() < 1e-6


def test_of_several_results_it_is_said_which_is_taken(tmp_path):
    """A file whose forward gives features first and scores then was read as its features, with no word."""
    both = replaced(tmp_path, "branches-script.pt", b"return _6\n", b"return (_6, row0)\n")
    assert "it gives 2 results: the first is taken" in import_net(both).notes
    assert not any("results" in note for note in import_net(FOREIGN / "branches-script.pt").notes)
    twice = [b'"outputs": [{"as_tensor": {"name": "linear_1"}}', b', {"as_tensor": {"name": "linear"}}']
    both = replaced(tmp_path, "branches.pt2", twice[0], b"".join(twice))
    assert "it gives 2 results: the first is taken" in import_net(both).notes


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (b"torch.mean(_5)", "mean of Branches takes a mean or maximum of everything"),
        (b"torch.gru(_5)", "its operator gru: recurrent layers are not taken: known are networks that read"),
    ],
)
def test_what_is_not_taken_is_told_in_words_of_networks(tmp_path, call, message):
    """A mean of everything was a "missing argument of make()", and a GRU was sent round by ONNX in vain."""
    with pytest.raises(EngineError, match=message) as caught:
        import_net(replaced(tmp_path, "branches-script.pt", b"torch.gelu(_5)", call))
    assert "recurrent" not in message or "ONNX" not in str(caught.value)
