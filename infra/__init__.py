"""The platform as code: network, MWAA environment, lake, notices, pipelines, access, catalogue, observability."""
