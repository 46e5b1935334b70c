// Rigs: real pcscd with virtual cards, a printer that parses what it gets.
