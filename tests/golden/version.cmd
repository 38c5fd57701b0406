covtriage --version
