"""The leader's desk: many documents looked over together, signed by one act bound to the list of them."""
