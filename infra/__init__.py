"""The platform as code: network, MWAA environment, lake, pipelines, access, observability."""
