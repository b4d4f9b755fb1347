"""What our gradients cost, against adjoints that a person wrote by hand."""
