"""What shines, and how brightly: neurons, the drawn synapses, the pulse, paint, the colours of a theme.

Values become colours here; where things stand belongs to `scenes.space`, when they light to `scenes.motion`.
"""
