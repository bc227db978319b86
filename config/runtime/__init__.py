"""What `make run` starts on one machine: web server, worker, beat and broker, with a supervisor."""
