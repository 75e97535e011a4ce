"""A network that reads a digit, and what a person does to it, one act after another.

It prints nothing and knows no terminal and no window: shells and windows are fronts of it. An act is a value
and a line of text, and a session is a script of such lines:

    data digits                    where digits and test images come from: mnist, digits, or a folder
    net mlp                        a network that comes with viz3d; net mlp mine.npz: a file that holds one
    model changed.npz              the network in a file
    architecture seed 0 input ...  an untrained network of one's own, see engine.text
    digit 3                        a test image of a digit, one that is worth watching
    sample mnist:test:1166         one image of a data set
    image "my four.png" label 4    a picture's file, in quotes or not, and what it is meant as
    drawing eNrt...                a picture of 28x28 bytes, by zlib and base64, of another size drawing 16x16
                                   eNrt...; a label may follow
    label 4                        what the digit is meant as, a class by number or name; none: nobody knows
    mutate ablate hidden1:17       edits and surgery, see engine.mutate; the word mutate may be left out
    evolve output generations ...  what a study evolved, evolved again
    train steps 100 images ...     a run of training, trained again; see Train in viz3d.session.acts.train
    select hidden1:17              a neuron, a group or a synapse by its address; none: nothing
    undo                           take the last act back; redo does it again

`files` keeps a session as a folder or a file, with the networks that took long, and brings it back.
"""
