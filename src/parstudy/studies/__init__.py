"""What there is to say: of a province, the nation, one index, how indices go together."""
