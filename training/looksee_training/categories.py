"""The 14 kinds of product, and how the labels of the training sets fold into them."""

CATEGORIES = (
    "shirt", "dress", "pants", "bags", "shoes", "accessories", "snacks",
    "cosmetics", "beverages", "furniture", "toys", "underdress", "digital", "others",
)  # fmt: skip

# What is drunk is a beverage, what is eaten from a cup a snack; fresh fruit and vegetables are none of the other 13.
GROCERIES = {
    "Juice": "beverages", "Milk": "beverages", "Soy-Milk": "beverages", "Oat-Milk": "beverages",
    "Sour-Milk": "beverages", "Yoghurt": "snacks", "Soyghurt": "snacks", "Oatghurt": "snacks", "Sour-Cream": "snacks",
}  # fmt: skip

# "Skirt" has no kind of its own: it is worn and photographed like a dress's lower half.
CLOTHING = {
    "T-Shirt": "shirt", "Longsleeve": "shirt", "Shirt": "shirt", "Polo": "shirt", "Top": "shirt", "Blouse": "shirt",
    "Hoodie": "shirt", "Outwear": "shirt", "Blazer": "shirt", "Dress": "dress", "Skirt": "dress", "Pants": "pants",
    "Shorts": "pants", "Shoes": "shoes", "Hat": "accessories", "Undershirt": "underdress", "Body": "underdress",
}  # fmt: skip


def of_groceries(category):
    """The kind of a product of the groceries set, by its own category ("Juice", "Apple", ...)."""
    return GROCERIES.get(category, "others")


LABELS = tuple(CLOTHING)  # the 17 garments, in an order that label numbers keep


def of_clothing(label):
    """The kind of a garment of the clothing set. Raises KeyError for a label the set does not have."""
    return CLOTHING[label]


def index_of(category):
    """Position in CATEGORIES. Raises ValueError with the name when it is none of the 14."""
    if category not in CATEGORIES:
        raise ValueError(f"CATEGORY_UNKNOWN: {category!r} is none of {', '.join(CATEGORIES)}")
    return CATEGORIES.index(category)
