"""Files read, drawn and annotated in a worker process, so that a hostile one costs a sentence and not the run."""
