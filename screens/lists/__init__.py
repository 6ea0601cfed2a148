"""Lists: what is mine to do, all proposals, what stands still, history, flow; filters, acts on many."""
