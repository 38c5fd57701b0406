# covtriage: build, tests, checks. `make help` lists the targets.
SHELL   := /bin/bash
PREFIX  ?= /usr/local
DESTDIR ?=
SAN     ?=
CC      ?= cc
BUILD   := build$(if $(SAN),/san-$(subst $() ,-,$(subst $(comma),-,$(SAN))))
comma   := ,
VERSION := 0.1.0

PACKAGES := gdal proj geos cairo pangocairo expat json-c libutf8proc xlsxwriter opencc
PKG_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PACKAGES) 2>/dev/null))
PKG_LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)

OPT      ?= -O2 -g
WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
            -Wwrite-strings -Wvla -Wno-missing-field-initializers
CPPFLAGS += -I. -D_GNU_SOURCE -DCOVTRIAGE_VERSION='"$(VERSION)"' $(PKG_CFLAGS)
CFLAGS   += -std=gnu11 $(OPT) $(WARN) $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer)
LDLIBS   += $(PKG_LIBS) -lgeos_c -lcsv -lpthread -lm

LIB_SRC := $(wildcard geo/*.c models/*.c models/*/*.c models/*/*/*.c)
CMD_SRC := $(wildcard cmd/*.c cmd/out/*.c)
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
CMD_OBJ := $(CMD_SRC:%.c=$(BUILD)/%.o)
UNIT_BIN := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/*.c tests/vectors/*.c))

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

# A unit or vector test is one file in tests/unit or tests/vectors with cmocka's main().
$(BUILD)/tests/%: tests/%.c $(BUILD)/libcovtriage.a
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(BUILD)/libcovtriage.a $(LDLIBS) -lcmocka

.PHONY: unit
unit: $(UNIT_BIN) ## unit and vector tests
	@set -e; for t in $(UNIT_BIN); do $$t; done

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: clean
clean: ## remove what was built
	rm -rf build

-include $(shell find build -name '*.d' 2>/dev/null)
