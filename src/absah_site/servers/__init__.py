"""Certificates for servers, machines and applications of agencies: control of domains, requests, their decision."""
