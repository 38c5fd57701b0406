#include "models/tables/vendor/vendor.h"

#include <stddef.h>

const struct vendor_reader *const vendor_readers[] = {NULL};
