"""What kernels may call: functions of numbers and rows, the same bits natively and in the page."""
