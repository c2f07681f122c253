"""Whether what a patient sees can harm: a session's film, frame by frame, against the limits of the literature."""
