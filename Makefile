# SPDX-License-Identifier: BSD-2-Clause
#
## make [TARGET]... [VARIABLE=VALUE]...
##
## Targets:
##   all          the programs, in build/ (default)
##   check        every test; in a fresh checkout installs what is missing (as
##                root; else names the command), configures and builds first
##   demo         DISCOVER to BOUND to released, watched; set up as check is;
##                PAUSE=1 waits before each step, TRY=1 gives a shell there
##   check-unit   unit tests alone
##   check-conformance
##                what RFCs and practice ask of a client, on a simulated network
##   check-net    the daemon against real servers, in network namespaces
##   torture      each allocation of the daemon fails, in all scenarios
##   check-services
##                units and scripts of contrib under their init systems, as root
##   check-packages
##                packages of contrib, those that can be built here; as root Debian's
##                are installed, too
##   check-ports  other architectures, under emulation; other compilers and levels of
##                optimization; two builds that must be the same
##   check-initramfs
##                a lease in images of initramfs-tools and dracut, kept; as root
##   nightly      what takes hours: many seeds, a soak, every mutant
##   sim          one simulated network as a timeline: SEED=n [FAULTS=1,4]
##   sim-many     COUNT=n simulated networks, JOBS=n at a time, from SEED=n on
##   fuzz         SECONDS=n of any octets for all that reads some; JOBS=n
##   tidy         what tests/tidy can check of the house style
##   analyze      what gcc -fanalyzer, clang-tidy and cppcheck find
##   bench        how fast: beside the least that a client must do, and its peers; as
##                root. QUICK=1: in three minutes; UPDATE=1: shown in README;
##                ARGS="--only cold": any of tests/bench/run
##   bench-check  does it take as many instructions as on record? UPDATE=1 records
##   mutants      break the client in one way after another: who notices?
##   coverage     which branches of the core no test takes (wants gcc)
##   tests        build the test programs, run none
##   diagram      print the state machine's diagram, from its own table
##   install, install-strip, uninstall
##                heed DESTDIR; without one, root also makes the system user
##   dist         tenured-VERSION.tar.xz, the same octets for the same commit
##   distcheck    does that archive build, pass, install and uninstall?
##   clean        remove build/
##   distclean    remove what configure wrote, too
##   help         this
##
## Variables:
##   CC CPPFLAGS CFLAGS LDFLAGS LIBS    yours, put after ours
##   V=1          show the commands
##   WERROR=1     warnings are errors
##   DESTDIR prefix sbindir mandir ...  as GNU has them
##
## To build elsewhere: mkdir DIR && cd DIR && .../tenured/configure && make

.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all

srcdir := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
version = $(shell sed -n 's/^AC_INIT(\[tenured\], \[\(.*\)\])$$/\1/p' \
	  $(srcdir)/configure.ac)
in_git = $(wildcard $(srcdir)/.git)

goals := $(or $(MAKECMDGOALS),all)
unconfigured_goals := help dist distcheck clean distclean
setup_goals := check demo

ifneq ($(filter-out $(unconfigured_goals),$(goals)),)
ifneq ($(wildcard config.mk),)
configured := yes
include config.mk
else ifneq ($(filter-out $(unconfigured_goals) $(setup_goals),$(goals)),)
$(error run ./configure first (or: make check))
endif
endif

ifdef configured

# What is built of what. Lists are by wildcard: a new file needs no line here.

comma := ,
find = $(sort $(patsubst $(srcdir)/%,%,$(wildcard $(addprefix $(srcdir)/,$(1)))))
objects = $(patsubst %.c,build/%.o,$(1))

IPC_SOURCES := $(addprefix src/daemon/,ipc.c varlink.c control.c report.c \
	report_servers.c report_audit.c \
	report_counters.c report_list.c \
	control_command.c control_servers.c control_status.c control_events.c \
	control_manage.c control_reload.c report_statistics.c \
	report_configuration.c \
	description.c json_text.c lease_json.c oneshot.c \
	ipc_client.c ipc_listen.c ipc_peer.c buffer.c event.c events.c \
	subscription.c) \
	$(call find,src/lease/report_*.c)
NO_IPC_SOURCES := $(addprefix src/daemon/,ipc_none.c lease_json_none.c \
	oneshot_none.c)
IPC_UNITS := $(call find,contrib/systemd/tenured-wait-online*.in)
IPC_PAGES := man/tenurectl.1 man/tenured-ipc.7
IPC_TESTS := $(patsubst %,tests/unit/test_%,$(notdir $(IPC_SOURCES))) \
	$(call find,tests/unit/test_ctl_*.c) \
	$(addprefix tests/fuzz/target_,ipc.c host.c stun.c) \
	$(addprefix tests/torture/,talk.c test_ipc.c ctl_main.c test_ctl.c)
ifeq ($(WITH_IPC),1)
left_out := $(NO_IPC_SOURCES)
else
left_out := $(IPC_SOURCES) $(IPC_UNITS) $(IPC_PAGES) $(IPC_TESTS) $(call find,src/ctl/*.c)
endif

core := $(call find,src/base/*.c src/core/*.c)
host := $(call find,src/host/*.c)
lease := $(filter-out $(left_out),$(call find,src/lease/*.c))
daemon := $(filter-out $(left_out),$(call find,src/daemon/*.c)) $(host) $(lease) \
	$(if $(filter 1,$(WITH_IPC)),src/daemon/descriptions.c)
ctl := $(filter-out $(left_out),$(call find,src/ctl/*.c)) $(host) $(lease)
replay := $(call find,src/replay/*.c)
compat := $(call find,src/compat/*.c)
left_out += $(if $(filter 1,$(WITH_COMPAT)),,man/tenured-compat.7)
server := $(call find,tests/server/*.c)
sim := $(call find,tests/sim/*.c)
unit := $(filter-out $(left_out),$(call find,tests/unit/*.c))
conformance := $(call find,tests/conformance/*.c)
torture := $(filter-out $(left_out),$(call find,tests/torture/*.c))
tools := $(call find,tests/tools/*.c)
confined := $(call find,tests/confined/*.c)
bench := $(call find,tests/bench/*.c)
fuzz := $(filter-out $(left_out),$(call find,tests/fuzz/*.c))
sources := $(core) $(daemon) $(ctl) $(replay) $(compat) $(server) $(sim) $(unit) \
	$(conformance) $(torture) $(tools) $(confined) $(bench) $(fuzz)
pages := $(addprefix $(srcdir)/,$(filter-out $(left_out),\
	$(call find,man/*.[1578])))
docs := $(addprefix $(srcdir)/,README COPYING)
hooks := $(addprefix $(srcdir)/,$(call find,src/hooks/*))
optional_hooks := $(addprefix $(srcdir)/,$(call find,src/optional-hooks/*))
# $(call systemd,DIRECTORY,FILES): what is made of templates, if it goes anywhere.
systemd = $(if $($(1)),$(patsubst %.in,build/%,$(filter-out $(left_out),\
	$(call find,contrib/systemd/$(2)))))
units := $(call systemd,systemdsystemunitdir,*.service.in)
sysusers := $(call systemd,sysusersdir,sysusers/*.in)
tmpfiles := $(call systemd,tmpfilesdir,tmpfiles/*.in)

sbin_programs := build/tenured
bin_programs := $(if $(filter 1,$(WITH_IPC)),build/tenurectl) \
	build/tenured-replay
compat_program := build/tenured-compat
test_programs := build/unit build/conformance build/dhcp-server build/sim \
	build/diagram build/machine build/keys build/confined build/fuzz \
	build/torture $(if $(filter 1,$(WITH_IPC)),build/words)
bench_programs := $(addprefix build/bench/,core enter flood floor hear responder \
	watch unconfined.so)

.PHONY: all tests
all: $(sbin_programs) $(bin_programs) $(units) $(sysusers) $(tmpfiles) \
	$(if $(filter 1,$(WITH_COMPAT)),$(compat_program))
tests: $(test_programs) $(compat_program) $(bench_programs)

build/libcore.a: $(call objects,$(core))
build/tenured: $(call objects,$(daemon)) build/libcore.a
# Nearly all symbols are libc's: the loader looks there first, not last.
build/tenured: libs = -lc $(LIBMNL_LIBS) $(JANSSON_LIBS)
build/tenurectl: $(call objects,$(ctl)) build/libcore.a
build/tenurectl: libs = $(LIBMNL_LIBS) $(JANSSON_LIBS)
build/tenured-replay: $(call objects,$(replay)) build/libcore.a
build/tenured-compat: $(call objects,$(compat) src/lease/hook_variable.c \
	src/lease/shell_word.c) build/libcore.a
build/dhcp-server: $(call objects,$(server)) build/libcore.a
# The client of the simulator is the one that ships, from iface.c down.
build/sim: $(call objects,$(sim) $(filter-out %/main.c,$(server)) \
	src/daemon/iface.c src/lease/lease_file.c src/daemon/networks.c) build/libcore.a
build/diagram: build/tests/tools/diagram.o build/libcore.a
build/keys: $(call objects,tests/tools/keys.c \
	$(filter-out %/main.c,$(daemon))) build/libcore.a
build/keys: libs = $(LIBMNL_LIBS) $(JANSSON_LIBS)
build/words: build/tests/tools/words.o $(call objects,\
	$(filter-out %/main.c,$(daemon) $(ctl))) build/libcore.a
build/words: libs = $(LIBMNL_LIBS) $(JANSSON_LIBS)
build/machine: $(call objects,tests/tools/machine.c \
	$(filter tests/unit/support%,$(unit)) \
	$(filter-out %/main.c,$(replay))) build/libcore.a
build/machine: libs = $(CHECK_LIBS)
build/confined: $(call objects,$(confined) src/daemon/sandbox.c \
	src/daemon/landlock.c src/daemon/seccomp.c) build/libcore.a
$(filter-out %.so,$(bench_programs)): build/bench/%: build/tests/bench/%.o
$(filter-out %/enter %.so,$(bench_programs)): build/tests/bench/packet.o
build/bench/core: build/libcore.a
build/bench/unconfined.so: build/tests/bench/unconfined.o
build/bench/unconfined.so: ldflags = -shared $(LDFLAGS)
build/tests/bench/unconfined.o: cflags += -fPIC
build/unit: $(call objects,$(unit) \
	$(filter-out %/main.c,$(daemon) $(ctl) $(replay) $(compat) $(server) \
	$(sim))) build/libcore.a
build/conformance: $(call objects,$(conformance) tests/unit/runner.c \
	$(filter-out %/main.c,$(daemon) $(server) $(sim))) build/libcore.a
build/torture: $(call objects,$(torture) tests/unit/netns_make.c \
	$(filter-out %/main.c,$(daemon) $(ctl))) \
	build/libcore.a
build/unit build/conformance build/torture: libs = $(LIBMNL_LIBS) \
	$(JANSSON_LIBS) $(CHECK_LIBS)

# One program under clang's fuzzer, one with a driver of its own. What is not to
# be fuzzed, sockets and the log, the linker leads to stand-ins (--wrap).
fuzz_wrapped := mnl_cb_run2 log_line log_about log_event assert_fail setsockopt bind \
	packet_listen packet_unlisten packet_send \
	$(if $(filter 1,$(WITH_IPC)),link_find members_add daemon_reload) \
	loop_watch loop_unwatch loop_timer_set $(addprefix mnl_socket_, \
	open2 bind setsockopt close get_fd get_portid sendto recvfrom)
build/fuzz: build/tests/fuzz/main.o
build/libfuzzer: build/tests/fuzz/libfuzzer.o
build/libfuzzer: ldflags += -fsanitize=fuzzer
build/fuzz build/libfuzzer: $(call objects,\
	$(filter-out %/main.c %/libfuzzer.c,$(fuzz)) \
	$(filter-out %/main.c,$(daemon) $(ctl) $(replay))) build/libcore.a
build/fuzz build/libfuzzer: ldflags += $(addprefix -Wl$(comma)--wrap=,$(fuzz_wrapped))
build/fuzz build/libfuzzer: libs = $(LIBMNL_LIBS) \
	$(JANSSON_LIBS)

ifneq ($(WITH_IPC),1)
JANSSON_CFLAGS :=
JANSSON_LIBS :=
endif

# How. The caller's flags come after ours.

warnings := -Wall -Wextra -Wconversion -Wshadow -Wswitch-enum \
	-Wstrict-prototypes -Wmissing-prototypes -Wvla \
	$(if $(filter 1,$(WERROR)),-Werror)
cppflags = -I$(srcdir)/src -I. -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-D_TIME_BITS=64 $(HARDEN_CPPFLAGS) $(module_cflags) $(CPPFLAGS)
cflags = -std=gnu11 $(warnings) $(MAP_CFLAGS) $(SIZE_CFLAGS) $(HARDEN_CFLAGS) $(SANITIZE) \
	$(lto_cflags) $(CFLAGS)
ldflags = $(SIZE_LDFLAGS) $(HARDEN_LDFLAGS) $(lto_ldflags) $(LDFLAGS)

# What is installed is compiled as a whole; all else is linked as it stands.
installed := $(sbin_programs) $(bin_programs) $(compat_program)
build/src/%.o $(installed): lto_cflags = $(LTO_CFLAGS)
lto_ldflags = $(if $(LTO_LDFLAGS),-fno-lto)
# What is measured is the core as it ships.
$(installed) build/bench/core: lto_ldflags = $(LTO_LDFLAGS)

shell_cflags = $(LIBMNL_CFLAGS) $(JANSSON_CFLAGS)
build/src/host/%.o: module_cflags = $(LIBMNL_CFLAGS)
build/src/daemon/%.o: module_cflags = $(shell_cflags)
build/src/lease/%.o: module_cflags = $(JANSSON_CFLAGS)
build/src/ctl/%.o: module_cflags = $(LIBMNL_CFLAGS) $(JANSSON_CFLAGS)
build/tests/%.o: module_cflags = -I$(srcdir)/tests
build/tests/unit/%.o: module_cflags = -I$(srcdir)/tests -Ibuild/tests \
	$(shell_cflags) $(CHECK_CFLAGS)
build/tests/fuzz/%.o: module_cflags = -I$(srcdir)/tests -Ibuild/tests \
	$(shell_cflags)
build/tests/conformance/%.o: module_cflags = -I$(srcdir)/tests -Ibuild/tests \
	$(CHECK_CFLAGS)
build/tests/torture/%.o: module_cflags = -I$(srcdir)/tests -Ibuild/tests \
	$(shell_cflags)
build/tests/tools/%.o: module_cflags = -I$(srcdir)/tests $(CHECK_CFLAGS) \
	$(JANSSON_CFLAGS)

Q := $(if $(filter 1,$(V)),,@)
say = $(if $(Q),@printf '  %-8s%s\n' '$(1)' '$@')

build/%.o: $(srcdir)/%.c config.mk
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) -MMD -MP $(cppflags) $(cflags) -c -o $@ $<

# Interfaces of the socket, described in files of their own: packed, as a C source.
description_files := $(addprefix $(srcdir)/src/daemon/,\
	org.tenured.Client.varlink org.varlink.service.varlink)
build/src/daemon/descriptions.c: $(srcdir)/src/daemon/descriptions.awk \
		$(description_files) config.mk
	$(call say,AWK)
	@mkdir -p $(@D)
	$(Q)$(AWK) -f $< client=$(word 1,$(description_files)) \
		service=$(word 2,$(description_files)) >$@
build/src/daemon/descriptions.o: build/src/daemon/descriptions.c config.mk
	$(call say,CC)
	$(Q)$(CC) -MMD -MP $(cppflags) $(cflags) -c -o $@ $<

# Templates for systemd. What the units of the daemon have in common is in a file.
template = sed -e '/^@unprivileged@$$/{' -e 'r $(srcdir)/contrib/systemd/unprivileged' \
	-e 'd' -e '}' $< | sed -e 's|@sbindir@|$(sbindir)|' -e 's|@bindir@|$(bindir)|' \
	-e 's|@rundir@|$(TENURED_RUNDIR)|' -e 's|@statedir@|$(TENURED_STATEDIR)|' \
	-e 's|@user@|$(TENURED_USER)|g'
build/contrib/%: $(srcdir)/contrib/%.in $(srcdir)/contrib/systemd/unprivileged config.mk
	$(call say,SED)
	@mkdir -p $(@D)
	$(Q)$(template) >$@

build/libcore.a:
	$(call say,AR)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(sbin_programs) $(bin_programs) $(compat_program) $(test_programs) \
$(bench_programs) build/libfuzzer:
	$(call say,LINK)
	@mkdir -p $(@D)
	$(Q)$(CC) $(cflags) $(ldflags) -o $@ $^ $(libs) $(LIBS)

# The suites that a main.c runs, one for each test_NAME.c beside it; and targets.
suites = $(patsubst tests/$(1)/test_%.c,SUITE(%),\
	$(filter tests/$(1)/test_%.c,$($(1))))
targets := $(patsubst tests/fuzz/target_%.c,TARGET(%),\
	$(filter tests/fuzz/target_%.c,$(fuzz)))
define put_if_new
	@mkdir -p $(@D)
	@echo '$(1)' >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
endef
build/tests/%/suites.h: force
	$(call put_if_new,$(call suites,$*))
build/tests/fuzz/targets.h: force
	$(call put_if_new,$(targets))
build/tests/unit/main.o: build/tests/unit/suites.h
build/tests/fuzz/fuzz.o: build/tests/fuzz/targets.h
build/tests/conformance/main.o: build/tests/conformance/suites.h
build/tests/torture/main.o: build/tests/torture/suites.h
.PHONY: force

$(call objects,$(unit) $(conformance) $(torture) tests/tools/machine.c): | need-check
.PHONY: need-check
need-check:
	$(if $(CHECK_LIBS),,@echo 'these tests need Check (pkg-config check):' \
	'contrib/install-deps installs it, then ./configure again' >&2; exit 1)

-include $(patsubst %.o,%.d,$(call objects,$(sources)))

# A configure.ac, or a template, that changed makes its results anew.

$(srcdir)/configure: $(srcdir)/configure.ac
	cd $(srcdir) && autoconf
config.status: $(srcdir)/configure
	./config.status --recheck
config.mk: $(addprefix $(srcdir)/,config.mk.in config.h.in) config.status
	./config.status

# Tests. tests/check shows each part and ends in the sum of all.

export TENURED_BUILD := $(CURDIR)/build
export TENURED_SOURCE := $(abspath $(srcdir))
export CC NM

.PHONY: check check-unit check-conformance check-net check-services check-packages \
	check-initramfs check-ports sim sim-many mutants torture fuzz analyze nightly tidy \
	coverage diagram demo bench bench-check
check: all tests
	@$(srcdir)/tests/check \
		unit="$(srcdir)/tests/unit/each build" \
		conformance=build/conformance \
		core-purity=$(srcdir)/tests/core-purity \
		hardening=$(srcdir)/tests/hardening \
		size=$(srcdir)/tests/size \
		diagram=$(srcdir)/tests/check-diagram \
		golden=$(srcdir)/tests/check-golden \
		keys=$(srcdir)/tests/check-keys \
		completions=$(srcdir)/tests/completions \
		captures=$(if $(filter 1,$(WITH_IPC)),$(srcdir)/tests/captures,"exit 77") \
		sim="build/sim many $(COUNT) $(JOBS) $(SEED)" \
		fuzz="build/fuzz check" \
		corpora="$(srcdir)/tests/fuzz/make-corpus --check" \
		torture=build/torture \
		net=$(srcdir)/tests/net/run \
		bench="$(srcdir)/tests/bench/run --smoke" \
		tidy=$(srcdir)/tests/tidy
check-unit: build/unit
	@$(srcdir)/tests/unit/each build
check-conformance: build/conformance
	@build/conformance
check-net: all tests
	@$(srcdir)/tests/net/run
check-services:
	@$(srcdir)/tests/services/run
check-initramfs: tests
	@$(srcdir)/tests/initramfs
check-packages:
	@$(srcdir)/tests/check \
		recipes=$(srcdir)/tests/packages/recipes \
		files=$(srcdir)/tests/packages/files \
		debian=$(srcdir)/tests/packages/debian \
		install-debian=$(srcdir)/tests/packages/install-debian \
		rpm=$(srcdir)/tests/packages/rpm \
		arch=$(srcdir)/tests/packages/arch
check-ports:
	@$(srcdir)/tests/ports
torture: build/torture build/dhcp-server
	@build/torture --all
# Without SEED each run has seeds of its own.
SEED ?= $(shell date +%s)000000
COUNT ?= 300
JOBS ?= $(shell nproc)
FAULTS ?=
sim: build/sim
	@build/sim one $(SEED) $(FAULTS)
sim-many: build/sim
	@build/sim many $(COUNT) $(JOBS) $(SEED)
SECONDS ?= 60
fuzz:
	@JOBS=$(JOBS) $(srcdir)/tests/fuzz/run $(SECONDS)
mutants: all tests
	@$(srcdir)/tests/mutants/run
# What takes hours: nobody waits for it.
nightly: all tests
	@$(srcdir)/tests/check \
		sim="build/sim many 20000 $(JOBS) $(SEED)" \
		torture="build/torture --all" \
		net="$(srcdir)/tests/net/run --nightly -j 1" \
		services=$(srcdir)/tests/services/run \
		ports=$(srcdir)/tests/ports \
		initramfs=$(srcdir)/tests/initramfs \
		fuzz="$(srcdir)/tests/fuzz/run 3600" \
		mutants=$(srcdir)/tests/mutants/run
bench: build/tenured $(bench_programs)
	@$(srcdir)/tests/bench/run $(if $(QUICK),--quick) $(if $(UPDATE),--update) $(ARGS)
bench-check: build/tenured $(bench_programs)
	@$(srcdir)/tests/bench/check $(if $(UPDATE),--update)
tidy:
	@$(srcdir)/tests/tidy
analyze:
	@JOBS=$(JOBS) $(srcdir)/tests/analyze
coverage:
	@$(srcdir)/tests/coverage
diagram: build/diagram
	@build/diagram
demo: all build/dhcp-server
	@PAUSE=$(PAUSE) TRY=$(TRY) $(srcdir)/tests/demo

# Installation

INSTALL = install
INSTALL_PROGRAM = $(INSTALL)
INSTALL_SCRIPT = $(INSTALL)
INSTALL_DATA = $(INSTALL) -m 644

# $(call completions,SHELL): none where its directory is empty.
completions = $(if $($(1)completiondir),$(addprefix $(srcdir)/,$(filter-out \
	$(if $(filter 1,$(WITH_IPC)),,%tenurectl %tenurectl.fish),\
	$(call find,contrib/completions/$(1)/*))))

# What goes where, and how: $(1) is put or drop.
define files
	$(call $(1),$(sbin_programs),$(sbindir),$(INSTALL_PROGRAM))
	$(call $(1),$(bin_programs),$(bindir),$(INSTALL_PROGRAM))
	$(call $(1),$(filter %.1,$(pages)),$(mandir)/man1,$(INSTALL_DATA))
	$(call $(1),$(filter %.5,$(pages)),$(mandir)/man5,$(INSTALL_DATA))
	$(call $(1),$(filter %.7,$(pages)),$(mandir)/man7,$(INSTALL_DATA))
	$(call $(1),$(filter %.8,$(pages)),$(mandir)/man8,$(INSTALL_DATA))
	$(call $(1),$(docs),$(docdir),$(INSTALL_DATA))
	$(call $(1),$(call completions,bash),$(bashcompletiondir),$(INSTALL_DATA))
	$(call $(1),$(call completions,zsh),$(zshcompletiondir),$(INSTALL_DATA))
	$(call $(1),$(call completions,fish),$(fishcompletiondir),$(INSTALL_DATA))
	$(call $(1),$(units),$(systemdsystemunitdir),$(INSTALL_DATA))
	$(call $(1),$(sysusers),$(sysusersdir),$(INSTALL_DATA))
	$(call $(1),$(tmpfiles),$(tmpfilesdir),$(INSTALL_DATA))
	$(call $(1),$(hooks),$(libexecdir)/tenured/hooks,$(INSTALL_SCRIPT))
	$(call $(1),$(optional_hooks),$(libexecdir)/tenured/optional-hooks,$(INSTALL_SCRIPT))
endef
# The command lines of other clients: one program by several names, and a tenured by a
# name that ends in dhclient, which some look for behind the number of a process.
compat_files = $(libexecdir)/tenured/tenured-dhclient \
	$(addprefix $(compatdir)/,udhcpc dhclient dhcpcd)
link = { ln -f $(1) $(2) 2>/dev/null || cp -p $(1) $(2); }
define put_compat
	$(INSTALL) -d $(DESTDIR)$(compatdir) $(DESTDIR)$(libexecdir)/tenured
	$(INSTALL_PROGRAM) $(compat_program) $(DESTDIR)$(compatdir)/udhcpc
	$(call link,$(DESTDIR)$(compatdir)/udhcpc,$(DESTDIR)$(compatdir)/dhclient)
	$(call link,$(DESTDIR)$(compatdir)/udhcpc,$(DESTDIR)$(compatdir)/dhcpcd)
	$(call link,$(DESTDIR)$(sbindir)/tenured,$(DESTDIR)$(libexecdir)/tenured/tenured-dhclient)
endef
put = $(if $(1),$(INSTALL) -d $(DESTDIR)$(2) && $(3) $(1) $(DESTDIR)$(2))
drop = $(if $(1),rm -f $(addprefix $(DESTDIR)$(2)/,$(notdir $(1))))

.PHONY: install install-strip install-user uninstall
install: all $(if $(DESTDIR),,install-user)
	$(call files,put)
	$(if $(filter 1,$(WITH_COMPAT)),$(put_compat))
	$(INSTALL) -d $(DESTDIR)$(sysconfdir)/tenured/hooks
uninstall:
	$(call files,drop)
	$(if $(filter 1,$(WITH_COMPAT)),rm -f $(addprefix $(DESTDIR),$(compat_files)))
	test ! -d $(DESTDIR)$(docdir) || rmdir $(DESTDIR)$(docdir)
install-strip:
	$(MAKE) INSTALL_PROGRAM='$(INSTALL_PROGRAM) -s' install
install-user:
	@if id -u $(TENURED_USER) >/dev/null 2>&1; then exit 0; fi; \
	if [ "$$(id -u)" -ne 0 ]; then \
		echo 'tenured will want a system user, $(TENURED_USER);' \
			'as root: make install-user'; \
		exit 0; \
	fi; \
	echo 'making the system user $(TENURED_USER)'; \
	nologin=$$(command -v nologin || echo /bin/false); \
	if command -v useradd >/dev/null; then \
		useradd -r -U -M -d /nonexistent -s $$nologin $(TENURED_USER); \
	else \
		addgroup -S $(TENURED_USER) && adduser -S -D -H -h /nonexistent \
			-s $$nologin -G $(TENURED_USER) $(TENURED_USER); \
	fi

else # not configured

# The two targets that set up for themselves. Only a checkout lacks configure:
# from a release's archive nothing is ever installed.

.PHONY: $(setup_goals) set-up
$(setup_goals): set-up
	@$(MAKE) --no-print-directory \
		$(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc)) $@
set-up:
	$(if $(wildcard $(srcdir)/configure),,$(srcdir)/contrib/install-deps && \
	(cd $(srcdir) && autoconf) &&) $(srcdir)/configure

endif

# Targets that need no configuration

.PHONY: help dist distcheck clean distclean
help:
	@sed -n 's/^## \{0,1\}//p' $(srcdir)/Makefile
clean:
	test ! -d build || chmod -R u+w build
	rm -rf build
distclean: clean
	rm -rf config.mk config.h config.log config.status autom4te.cache
	test -f configure.ac || rm -f Makefile
	$(if $(wildcard .git),rm -f configure configure~)

# The archive holds the files that git knows (in an archive's tree: all but what
# building makes) and configure; their time is that of the last commit.

archive = tenured-$(version)
made := build/* autom4te.cache/* config.mk config.h config.log config.status \
	tenured-*.tar.*
list = $(if $(in_git),git ls-files -z,\
	find . -type f $(foreach m,$(made),! -path './$m') -print0)
SOURCE_DATE_EPOCH ?= $(shell cd $(srcdir) && \
	$(if $(in_git),git log -1 --format=%ct,stat -c %Y configure.ac))

dist:
	rm -rf build/dist
	mkdir -p build/dist/$(archive)
	cd $(srcdir) && $(list) | tar -c --null -T - | \
		tar -x -C $(CURDIR)/build/dist/$(archive)
	cd build/dist/$(archive) && \
		{ test -f configure || autoconf; } && rm -rf autom4te.cache
	tar -c -C build/dist --sort=name --format=ustar --owner=0 --group=0 \
		--numeric-owner --mode=u=rwX,go=rX --mtime=@$(SOURCE_DATE_EPOCH) \
		$(archive) | xz -9 -T1 >$(archive).tar.xz
	rm -rf build/dist

# Read-only sources, built elsewhere; all that install put there, uninstall must
# take away, and all that configure and make wrote, distclean; and the archive
# must make itself again.

trial = $(CURDIR)/build/distcheck
distcheck: dist
	test ! -d $(trial) || chmod -R u+w $(trial)
	rm -rf $(trial)
	mkdir -p $(trial)/build
	tar -x -C $(trial) -f $(archive).tar.xz
	chmod -R a-w $(trial)/$(archive)
	cd $(trial)/build && unset MAKEFLAGS MAKELEVEL && \
	../$(archive)/configure $(DISTCHECK_CONFIGURE_FLAGS) && \
	make -j$(shell nproc) all tests && \
	make check-unit check-conformance && \
	make install DESTDIR=$(trial)/root && \
	find $(trial)/root -name tenured -type f | grep -q . && \
	make uninstall DESTDIR=$(trial)/root && \
	! find $(trial)/root ! -type d | grep . && \
	make dist && cmp $(archive).tar.xz $(CURDIR)/$(archive).tar.xz && \
	rm $(archive).tar.xz && make distclean && ! find . -type f | grep .
	chmod -R u+w $(trial)
	rm -rf $(trial)
	@echo '$(archive).tar.xz is ready to be given away'
