"""Sources of frames, one file or package a kind of camera. Each source satisfies ports.FrameSource."""
