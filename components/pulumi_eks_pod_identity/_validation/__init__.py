"""Arguments turned into validated models; raises the one error of the package and creates nothing."""
