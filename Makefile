# covtriage: build, tests, checks. `make help` lists the targets.
SHELL   := /bin/bash
PREFIX  ?= /usr/local
DESTDIR ?=
SAN     ?=
CC      ?= cc
COVER   ?=
comma   := ,
BUILD   := build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))$(if $(COVER),/cover)
VERSION := 0.1.0
DATADIR := $(PREFIX)/share/covtriage

PACKAGES := gdal proj geos cairo pangocairo expat json-c libutf8proc xlsxwriter opencc libzip zlib \
            icu-i18n icu-uc libpng libpq sqlite3
PKG_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PACKAGES) 2>/dev/null))
PKG_LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)

OPT      ?= -O2 -g
WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
            -Wwrite-strings -Wvla -Wno-missing-field-initializers
CPPFLAGS += -I. -D_GNU_SOURCE -DCOVTRIAGE_VERSION='"$(VERSION)"' $(PKG_CFLAGS)
CFLAGS   += -std=gnu11 $(OPT) $(WARN) $(if $(WERROR),-Werror) $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer) \
            $(if $(COVER),--coverage -fprofile-update=atomic)
LDLIBS   += $(PKG_LIBS) -lgeos_c -lcsv -lpthread -lm

LIB_SRC := $(wildcard geo/*.c models/*.c models/*/*.c models/*/*/*.c)
CMD_SRC := $(wildcard cmd/*.c cmd/out/*.c)
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
CMD_OBJ := $(CMD_SRC:%.c=$(BUILD)/%.o)
UNIT_BIN := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*.c tests/vectors/*.c \
            tests/products/test_*.c tests/aim/test_*.c))
OUT_OBJ := $(filter $(BUILD)/cmd/out/%,$(CMD_OBJ))

.SECONDARY: # objects are kept
.PHONY: all
all: $(BUILD)/covtriage ## build the program

$(BUILD)/covtriage: $(CMD_OBJ) $(BUILD)/libcovtriage.a
	$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/libcovtriage.a: $(LIB_OBJ)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# The Chinese catalog is compiled by gettext and becomes part of the program.
CPPFLAGS += -DSAY_CATALOG='"$(BUILD)/models/zh.mo"'
$(BUILD)/models/say.o $(BUILD)/fuzz/models/say.o: $(BUILD)/models/zh.mo
$(BUILD)/models/zh.mo: models/lang/zh.po
	@mkdir -p $(@D)
	msgfmt --check-format --check-domain -o $@ $<

# So do the tables of Chinese characters, which OpenCC and ICU take long to tell.
CPPFLAGS += -DHAN_TABLES='"$(BUILD)/geo/han.tables"'
$(BUILD)/geo/gazetteer_text.o $(BUILD)/fuzz/geo/gazetteer_text.o: $(BUILD)/geo/han.tables
$(BUILD)/geo/han.tables: geo/han/make_tables.c geo/base.c geo/base.h geo/gazetteer_text.h
	@mkdir -p $(@D)
	cc -I. -D_GNU_SOURCE $(PKG_CFLAGS) -std=gnu11 -O2 $(WARN) -o $@.make geo/han/make_tables.c \
	    geo/base.c $(PKG_LIBS) -lm
	$@.make $@.new && mv $@.new $@

# Tables of data that are built in.
$(BUILD)/models/tables/vendor/counter_names.o: models/tables/vendor/counter_names.csv
$(BUILD)/models/tables/alarm_names.o: models/tables/alarm_names.csv

# The report's page and scripts, and Debian's Leaflet and Chart.js, become part of the program.
JAVASCRIPT := /usr/share/javascript
CPPFLAGS += -DASSET_JS='"$(JAVASCRIPT)"'
$(BUILD)/cmd/out/assets.o: $(wildcard cmd/out/page/*) $(JAVASCRIPT)/leaflet/leaflet.min.js \
    $(JAVASCRIPT)/leaflet/leaflet.css $(JAVASCRIPT)/chart.js/chart.min.js

# The program needs what .ci/packages lists; say so before the compiler does.
ifeq ($(PKG_LIBS),)
$(LIB_OBJ) $(CMD_OBJ): libraries
.PHONY: libraries
libraries:
	@echo "libraries are missing: \`make demo\` installs them, .ci/packages lists them" >&2; exit 1
endif

# The generator of invented counties and the programs that judge results against their truth.
GENERATOR_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(filter-out samples/score_%,$(wildcard samples/*.c)))
$(BUILD)/samples/make_county: $(GENERATOR_OBJ) $(BUILD)/libcovtriage.a
	$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)
$(BUILD)/samples/score_%: $(BUILD)/samples/score_%.o $(BUILD)/libcovtriage.a
	$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

STORY_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/scenario/*.c))
$(BUILD)/tests/scenario/run_story: $(STORY_OBJ) $(BUILD)/libcovtriage.a
	$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

# Where numbers are crunched, the compiler may unroll and vectorize.
$(BUILD)/models/radio/surface_krige.o $(BUILD)/models/radio/p1812.o: CFLAGS += -O3

# A unit or vector test is one file in tests/unit or tests/vectors with cmocka's main().
$(BUILD)/tests/%: tests/%.c $(BUILD)/libcovtriage.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(BUILD)/libcovtriage.a $(LDLIBS) -lcmocka

# The products' tests use the writers of cmd/out and a fake result.
$(BUILD)/tests/aim/%: tests/aim/%.c tests/aim/network.c $(BUILD)/libcovtriage.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -MF $@.d -o $@ $< tests/aim/network.c \
	    $(BUILD)/libcovtriage.a $(LDLIBS) -lcmocka

$(BUILD)/tests/products/%: tests/products/%.c tests/products/fake.c $(OUT_OBJ) $(BUILD)/libcovtriage.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -MF $@.d -o $@ $< tests/products/fake.c $(OUT_OBJ) \
	    $(BUILD)/libcovtriage.a $(LDLIBS) -lcmocka

# The readers of hostile input under clang's fuzzer: tests/fuzz/README.md.
FUZZ_BIN := $(if $(shell command -v clang),$(patsubst tests/fuzz/fuzz_%.c,$(BUILD)/fuzz/%, \
            $(wildcard tests/fuzz/fuzz_*.c)))
export FUZZ_BIN
FUZZ_SECONDS ?= 30
FUZZ_SRC := $(LIB_SRC) $(filter-out cmd/main.c,$(CMD_SRC)) tests/products/fake.c \
            $(filter-out tests/fuzz/fuzz_%,$(wildcard tests/fuzz/*.c))

$(BUILD)/tests/postgis/%: tests/postgis/%.c tests/products/fake.c $(OUT_OBJ) $(BUILD)/libcovtriage.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -MF $@.d -o $@ $< tests/products/fake.c $(OUT_OBJ) \
	    $(BUILD)/libcovtriage.a $(LDLIBS)

# ---- tests ---------------------------------------------------------------------------
# Stories and golden tests run the program and the generator by these names.
export COVTRIAGE := $(CURDIR)/$(BUILD)/covtriage
export MAKE_COUNTY := $(CURDIR)/$(BUILD)/samples/make_county
export MAKE_PRODUCTS := $(CURDIR)/$(BUILD)/tests/products/make_products
export FILL := $(CURDIR)/$(BUILD)/tests/postgis/fill
export RUN_STORY := $(CURDIR)/$(BUILD)/tests/scenario/run_story
TOOL_BIN := $(patsubst %.c,$(BUILD)/%,$(wildcard samples/make_county.c samples/score_*.c tests/scenario/run_*.c \
            tests/products/make_products.c tests/postgis/fill.c))
SUITES := $(wildcard tests/scenario/run.sh tests/golden/run.sh tests/products/check.sh \
            tests/faults/run.sh tests/privacy/run.sh tests/determinism.sh tests/install.sh \
            tests/postgis/run.sh $(if $(SAN)$(COVER),,tests/fuzz/replay.sh tests/fuzz/damage.sh tests/fuzz/bounds.sh))
export FAULT_SHIM := $(CURDIR)/$(BUILD)/tests/faults/shim.so

.PHONY: test unit vectors scenario golden
test: all $(UNIT_BIN) $(TOOL_BIN) $(FAULT_SHIM) $(if $(SAN)$(COVER),,$(FUZZ_BIN)) ## every test, counted: unit, vectors, scenario, golden
	@tests/run.sh $(UNIT_BIN) $(SUITES)

unit: $(UNIT_BIN) ## unit and vector tests only
	@tests/run.sh $(UNIT_BIN)

vectors: $(filter $(BUILD)/tests/vectors/%,$(UNIT_BIN)) ## published numbers only
	@tests/run.sh $^

scenario: all $(TOOL_BIN) ## stories an RF engineer can read, tests/scenario/*.txt
	@tests/run.sh tests/scenario/run.sh

golden: all $(TOOL_BIN) ## commands with their expected output, tests/golden
	@tests/run.sh tests/golden/run.sh

# A program with a sanitizer loads its runtime first: no other library goes before it.
$(CURDIR)/$(BUILD)/tests/faults/shim.so: tests/faults/shim.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O1 -D_GNU_SOURCE $(WARN) -Wno-missing-prototypes -shared -fPIC -o $@ $< -ldl

.PHONY: faults
faults: all $(FAULT_SHIM) ## kill -9 and failing writes at every moment, long
	@FAULT_LONG=long tests/run.sh tests/faults/run.sh

.PHONY: valgrind
valgrind: all $(TOOL_BIN) ## the golden tests under valgrind: no error, no lost block
	@tests/run.sh tests/valgrind.sh

.PHONY: races
races: ## unit tests and a triage by 8 threads under the thread sanitizer
	@$(MAKE) -s SAN=thread all unit
	@COVTRIAGE=build/san-thread/covtriage tests/run.sh tests/races.sh

.PHONY: determinism
determinism: all ## the same bytes by 1 to 8 threads, gcc and clang, -O0 and -O2
	@$(MAKE) -s BUILD=build/gcc-O0 CC=gcc OPT=-O0 build/gcc-O0/covtriage
	@$(MAKE) -s BUILD=build/clang-O2 CC=clang OPT=-O2 build/clang-O2/covtriage
	@THREADS="2 3 4 5 6 7 8" tests/determinism.sh $(CURDIR)/build/gcc-O0/covtriage \
	    $(CURDIR)/build/clang-O2/covtriage

.PHONY: county
county: $(BUILD)/samples/make_county ## make samples/county anew
	rm -rf samples/county
	$< -o samples/county --seed 26 --mess --sites 18 --tickets 72 --samples 12000 --days 4 --relief 180
	mv samples/county/truth.csv samples/county/expected.csv
	mv samples/county/truth_cells.csv samples/county/expected_cells.csv

.PHONY: test-browser
test-browser: all $(BUILD)/tests/products/make_products ## the report in headless Chromium
	@tests/run.sh tests/browser/run.sh

.PHONY: test-postgis
test-postgis: all $(BUILD)/tests/postgis/fill ## a team's database, on a PostgreSQL of its own
	@tests/run.sh tests/postgis/run.sh

.PHONY: accuracy
accuracy: all $(TOOL_BIN) ## marks, calibration and sensitivity on seeded worlds
	@tests/accuracy.sh

.PHONY: positions
positions: all ## position errors on labelled case folders, where they are there
	@tests/positions.sh

.PHONY: fuzz fuzz-build fuzz-replay
fuzz: fuzz-build ## the readers of hostile input under clang's fuzzer, FUZZ_SECONDS=30 each
	@for f in $(FUZZ_BIN); do FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run.sh $$f || exit 1; done

fuzz-build: $(FUZZ_BIN)

fuzz-replay: fuzz-build ## the seeds and what was found once, under ASan and UBSan
	@tests/run.sh tests/fuzz/replay.sh

FUZZ_FLAGS = $(CPPFLAGS) -std=gnu11 -O1 -g -fno-omit-frame-pointer \
             -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
$(BUILD)/fuzz/%: tests/fuzz/fuzz_%.c $(BUILD)/fuzz/libcovtriage.a
	clang $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

$(BUILD)/fuzz/libcovtriage.a: $(FUZZ_SRC:%.c=$(BUILD)/fuzz/%.o)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/fuzz/cmd/out/assets.o: $(wildcard cmd/out/page/*)
$(BUILD)/fuzz/%.o: %.c
	@mkdir -p $(@D)
	clang $(FUZZ_FLAGS) -MMD -MP -c -o $@ $<

.PHONY: power
power: $(BUILD)/tests/aim/power ## the antenna audit's power curve, on made networks
	@$<

.PHONY: bench
bench: all $(TOOL_BIN) ## speed, in CPU seconds: tests/bench/*.sh
	@set -e; for b in $(wildcard tests/bench/*.sh); do $$b; done

.PHONY: bench-large
bench-large: all $(BUILD)/samples/make_county ## memory and time of a large triage; SCALE=1000: a million tickets
	@tests/large.sh

.PHONY: slurm
slurm: all $(TOOL_BIN) ## the Slurm recipe on a Slurm of this machine; needs root and slurm-wlm
	@tests/run.sh tests/slurm/run.sh

COVER_SUITES := $(filter-out %faults/run.sh %determinism.sh %replay.sh %bounds.sh,$(SUITES))
.PHONY: cover
cover: ## lines of each file that the tests run, the least covered first
	@mkdir -p build
	@$(MAKE) -s COVER=1 OPT=-Og SUITES="$(COVER_SUITES)" test >build/cover.log 2>&1 || tail -n 3 build/cover.log
	@cd build/cover && find . -name '*.gcno' -path './[gmc]*' | xargs gcov -n 2>/dev/null | \
	    awk -F"'" '/^File .(geo|models|cmd)/{f=$$2; getline; sub(/Lines executed:/, ""); \
	    split($$0, a, "% of "); printf "%6.2f %% of %5d  %s\n", a[1], a[2], f}' | sort -k5,5 -u | sort -n | \
	    awk '{n += $$4; run += $$1 * $$4 / 100; print} $$1 < 90 {low++} \
	    END {printf "%6.1f %% of %5d lines; %d of %d files below 90 %%\n", 100 * run / n, n, low, NR}'

# ---- checks --------------------------------------------------------------------------
SOURCES = $(wildcard $(addsuffix /*.[ch],geo models models/* models/*/* cmd cmd/* samples tests tests/*))

.PHONY: check format tidy cppcheck clang layers shell scan
check: format layers shell cppcheck clang tidy ## format, layers, shell, cppcheck, clang's warnings, clang-tidy
	@echo "checks passed"

format:
	@clang-format --dry-run -Werror $(SOURCES)

# One direction, cmd -> models -> geo; libraries stay where they belong.
layers:
	@tests/layers.sh

shell:
	@bash -n .ci/run .ci/install tests/*.sh tests/*/*.sh cmd/completion.bash

# Fields are read by their offsets.
cppcheck:
	@cppcheck -q -j2 --std=c11 --enable=warning,performance,portability --inline-suppr \
	    --error-exitcode=1 --suppress=missingIncludeSystem --suppress=invalidPointerCast \
	    -I. -D_GNU_SOURCE cmd geo models samples

# Clang's own warnings; gcc's are errors under WERROR=1, as in .ci/run.
clang: $(LIB_SRC:%=$(BUILD)/clang/%.ok) $(CMD_SRC:%=$(BUILD)/clang/%.ok)
$(BUILD)/clang/%.ok: % $(BUILD)/models/zh.mo
	@mkdir -p $(@D)
	@clang $(CPPFLAGS) -std=gnu11 $(WARN) -Werror -fsyntax-only -MMD -MP -MF $@.d -MT $@ $<
	@touch $@

# The analyzer is clang-tidy's too; this is its own front, with a page for each finding.
scan: ## clang's analyzer over a build of its own, long
	@scan-build --status-bugs -o $(BUILD)/scan/found $(MAKE) -s BUILD=$(BUILD)/scan

tidy: $(LIB_SRC:%=$(BUILD)/tidy/%.ok) $(CMD_SRC:%=$(BUILD)/tidy/%.ok)
$(BUILD)/tidy/%.ok: % .clang-tidy
	@mkdir -p $(@D)
	@clang-tidy --quiet --warnings-as-errors='*' $< -- $(CPPFLAGS) -std=gnu11 2>/dev/null
	@touch $@

# The page's texts stand in its scripts as t('...') or title: '...' and in its HTML as data-t.
.PHONY: lang
lang: ## merge new texts into models/lang/zh.po, list what has no translation
	@mkdir -p $(BUILD)
	@sed -nE "s/.*data-(t|label)=\"([^\"]*)\".*/say(0, \"\2\");/p" cmd/out/page/report.html >$(BUILD)/page.c
	@grep -ohE "(\bt\(|title: )'[^']*'|^ *\['[A-Za-z][^']*', |block\('[^']*'|\[\['[A-Z][^']*'|, \['[A-Z][^']*'" cmd/out/page/*.js | \
	    sed -E "s/^[^']*'([^']*)'.*/say(0, \"\1\");/" >>$(BUILD)/page.c
	@xgettext --from-code=UTF-8 -L C -ksay:2 -ktell:3 -kwords:2 --no-location -o $(BUILD)/texts.pot \
	    $(filter %.c,$(LIB_SRC) $(CMD_SRC)) $(BUILD)/page.c
	@msgcat --use-first --no-location --no-wrap -o $(BUILD)/zh.po models/lang/zh.po $(BUILD)/texts.pot
	@cp $(BUILD)/zh.po models/lang/zh.po
	@msgattrib --untranslated models/lang/zh.po

# ---- what a user installs ------------------------------------------------------------
COMMANDS = $(shell $(BUILD)/covtriage --help | awk '/^Commands:/{on=1; next} !NF{on=0} on{print $$1}')
DATA_FILES := $(wildcard models/*.csv models/*/*.csv models/*/*/*.csv models/*.txt models/*/*.txt)

.PHONY: man
man: all ## man pages, made from the help, into build/man
	@mkdir -p $(BUILD)/man
	@help2man -N -n "triage of network-coverage complaints" -o $(BUILD)/man/covtriage.1 $(BUILD)/covtriage
	@for c in $(COMMANDS); do help2man -N --version-string=$(VERSION) \
	    -n "$$($(BUILD)/covtriage --help | sed -n "s/^  $$c  *//p")" \
	    -o $(BUILD)/man/covtriage-$$c.1 "$(BUILD)/covtriage $$c" || exit 1; done

.PHONY: install
install: all man ## program, man pages, bash completion, data; DESTDIR and PREFIX
	install -D -m 755 $(BUILD)/covtriage $(DESTDIR)$(PREFIX)/bin/covtriage
	install -d $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(DATADIR)
	install -m 644 $(BUILD)/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -D -m 644 cmd/completion.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/covtriage
	$(if $(DATA_FILES),install -m 644 $(DATA_FILES) $(DESTDIR)$(DATADIR))
	install -d $(DESTDIR)$(DATADIR)/samples/county
	install -m 644 $(wildcard samples/county/*.*) $(DESTDIR)$(DATADIR)/samples/county
	install -d $(DESTDIR)$(PREFIX)/share/doc/covtriage
	install -m 644 LICENSE cmd/NOTICES README.md $(DESTDIR)$(PREFIX)/share/doc/covtriage

.PHONY: uninstall
uninstall: ## remove what make install put in place; DESTDIR and PREFIX
	rm -rf $(DESTDIR)$(PREFIX)/bin/covtriage $(DESTDIR)$(DATADIR) $(DESTDIR)$(PREFIX)/share/doc/covtriage \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/covtriage
	rm -f $(DESTDIR)$(PREFIX)/share/man/man1/covtriage.1 $(DESTDIR)$(PREFIX)/share/man/man1/covtriage-*.1

DEB_ARCH = $(shell dpkg --print-architecture)
.PHONY: deb
deb: all ## a Debian package: build/covtriage_VERSION_ARCH.deb
	rm -rf $(BUILD)/deb
	$(MAKE) -s install DESTDIR=$(CURDIR)/$(BUILD)/deb/root PREFIX=/usr >/dev/null
	strip --strip-unneeded $(BUILD)/deb/root/usr/bin/covtriage
	gzip -9n $(BUILD)/deb/root/usr/share/man/man1/*.1
	mv $(BUILD)/deb/root/usr/share/doc/covtriage/LICENSE $(BUILD)/deb/root/usr/share/doc/covtriage/copyright
	cmd/control.sh $(BUILD)/deb $(VERSION) $(DEB_ARCH)
	dpkg-deb --root-owner-group --build $(BUILD)/deb/root $(BUILD)/covtriage_$(VERSION)_$(DEB_ARCH).deb

.PHONY: demo
demo: ## install what is missing, build, triage samples/county, say where the results lie
	@.ci/install build
	@$(MAKE) --no-print-directory -s -j2 all
	@COVTRIAGE=$(BUILD)/covtriage samples/demo.sh

.PHONY: packages
packages: ## the Debian packages the build needs
	@sed -n '/^# Only/q; /^[a-z]/p' .ci/packages

.PHONY: help
help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1\t\2/p' Makefile | expand -t 14
	@echo "Variables: SAN=address,undefined or SAN=thread, WERROR=1, OPT=..., PREFIX, DESTDIR"


.PHONY: clean
clean: ## remove what was built
	rm -rf build

-include $(shell find build -name '*.d' 2>/dev/null)
