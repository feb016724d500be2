"""Where frames come from. One file a camera; each satisfies ports.FrameSource."""
