# The commands of README.md, for those who type make.
.PHONY: run test sanitize fuzz bench soak simulate format

run:
	scripts/run

test:
	scripts/test

sanitize:
	scripts/sanitize

fuzz:
	scripts/fuzz

bench:
	scripts/packages bench
	swift build -c release --product tapgate
	.build/release/tapgate bench lookup
	.build/release/tapgate bench accrue
	.build/release/tapgate bench checkout
	.build/release/tapgate bench quote

soak:
	scripts/soak

simulate:
	scripts/simulate

format:
	swift format --in-place --recursive Sources Tests Package.swift
