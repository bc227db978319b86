"""What `make run` starts on one machine: web server, worker, beat, broker, under a supervisor."""
