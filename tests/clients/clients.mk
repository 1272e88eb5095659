# Clients that others wrote, unmodified, against the sandbox org. Not part of `make test`: they are installed first, at pinned
# versions, into build/clients. The tap of MeltanoLabs is on no registry. MELTANO_TAP says where it is: whatever pip can install, such as
# a mirror's address or a folder. Where nobody said so and GitHub is out of reach, its check is skipped.
CLIENTS := build/clients
MELTANO_PINNED := git+https://github.com/MeltanoLabs/tap-salesforce@117caa2c0447319ce549ed9e64e7e994216abbe4
MELTANO_TAP ?= $(MELTANO_PINNED)

$(CLIENTS)/node_modules/.ready: tests/clients/package.json tests/clients/package-lock.json | $(READY)
	@mkdir -p $(CLIENTS) && cp tests/clients/package.json tests/clients/package-lock.json $(CLIENTS)
	@cd $(CLIENTS) && $(ON_NODE) node "$(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js" ci --silent --ignore-scripts
	@touch $@

$(CLIENTS)/singer/.ready: tests/clients/singer.txt | $(READY)
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python -m pip install --quiet --no-deps --requirement $<
	@touch $@

# Written again only when another tap is asked for, which is then installed in place of the former one.
$(CLIENTS)/meltano.txt: asked | $(READY)
	@mkdir -p $(@D) && echo "$(MELTANO_TAP)" | cmp --silent - $@ || echo "$(MELTANO_TAP)" >$@

$(CLIENTS)/meltano/.ready: $(CLIENTS)/meltano.txt
	@$(PYTHON) -m venv --clear $(@D)
	@GIT_TERMINAL_PROMPT=0 timeout 300 $(@D)/bin/python -m pip install --quiet "$(MELTANO_TAP)" 2>$(@D)/pip.log && touch $@ \
	  || { echo "MeltanoLabs' tap could not be installed; the reason is in $(@D)/pip.log"; test "$(MELTANO_TAP)" = "$(MELTANO_PINNED)"; }

.PHONY: clients asked

clients: $(READY) $(CLIENTS)/node_modules/.ready $(CLIENTS)/singer/.ready $(CLIENTS)/meltano/.ready ## jsforce and both Singer taps, unmodified, against the sandbox org
	@$(ON_NODE) $(BIN)/python -m pytest tests/clients/check_jsforce.py tests/clients/check_singer.py $(ARGS)
