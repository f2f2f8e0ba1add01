# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown] lang="es"
# # 3 · El productor
#
# *Tutorial, sección 3: «Enviar datos al Stream desde Lambda».* · **50 min** (38 de recorrido + 12 de ejercicios)
#
# **Al terminar** tendrás una función Lambda que recibe votos y los mete en el stream, con los permisos justos; una API
# HTTP delante de ella; y sabrás quién contesta a qué cuando el voto viene de una página de otro origen (CORS).
#
# **Antes:** la lección 2, que crea el stream. Si no la has hecho, la primera celda lo crea por ti.

# %% [markdown] lang="en"
# # 3 · The producer
#
# *Tutorial, section 3: "Send data to the stream from Lambda".* · **50 min** (38 walking through + 12 of exercises)
#
# **By the end** you will have a Lambda function that takes votes and puts them into the stream, with just the permissions
# it needs; an HTTP API in front of it; and you will know who answers what when a vote comes from a page of another origin
# (CORS).
#
# **Before:** lesson 2, which creates the stream. If you have not done it, the first cell creates it for you.

# %% tags=["parameters"]
target: str = "local"  # local | aws | an endpoint URL
prefix: str = "f1-vote"  # the start of every resource's name
locale: str = "{{locale}}"  # es | en

# %% [markdown] lang="es"
# **Ejecuta primero esta celda.** Conecta con la región, te dice dónde estás y crea lo que falte de lecciones anteriores.
# Puedes repetirla cuando quieras, y hazlo siempre después de reiniciar el kernel.

# %% [markdown] lang="en"
# **Run this cell first.** It connects to the region, tells you where you are, and builds whatever is missing from earlier
# lessons. Run it again whenever you like, and always after restarting the kernel.

# %% tags=["first"]
from helpers import begin

lesson = await begin("03_producer", target=target, prefix=prefix, locale=locale)

# %% [markdown] lang="es"
# ## Clientes y nombres
#
# Hoy hablamos con cuatro servicios: **IAM** (los permisos), **Lambda** (la función), **API Gateway** (la API) y
# **Kinesis**.

# %% [markdown] lang="en"
# ## Clients and names
#
# Today we talk to four services: **IAM** (permissions), **Lambda** (the function), **API Gateway** (the API) and
# **Kinesis**.

# %% tags=["builds"]
import base64
import html
import io
import json
import sys
import urllib.error
import urllib.request
import zipfile

import boto3
from IPython.display import HTML, Markdown, display

from helpers import VoteForm, package, t, until

# %% tags=["builds"]
iam = boto3.client("iam")
lambda_client = boto3.client("lambda")
apigateway = boto3.client("apigatewayv2")
kinesis = boto3.client("kinesis")

stream_name = f"{prefix}-stream"
producer_name = f"{prefix}-producer"
role_name = f"{prefix}-producer-role"
api_name = f"{prefix}-api"
tags = lesson.names.tags

# %% [markdown] lang="es"
# AWS identifica cada recurso por su [**ARN**](glossary.ipynb#cell-id=arn): servicio, región, cuenta y nombre. Los permisos se escriben con ARN, así que
# los preparamos ya. El número de cuenta se lo preguntamos a **STS**, el servicio que sabe quiénes somos.

# %% [markdown] lang="en"
# AWS identifies every resource by its [**ARN**](glossary.ipynb#cell-id=arn): service, region, account and name. Permissions are written with ARNs, so we
# prepare them now. The account number we ask of **STS**, the service that knows who we are.

# %% tags=["builds"]
account = boto3.client("sts").get_caller_identity()["Account"]
region = kinesis.meta.region_name
stream_arn = f"arn:aws:kinesis:{region}:{account}:stream/{stream_name}"
producer_arn = f"arn:aws:lambda:{region}:{account}:function:{producer_name}"
role_arn = f"arn:aws:iam::{account}:role/{role_name}"
print(stream_arn, producer_arn, role_arn, sep="\n")

# %% [markdown] lang="es"
# ## El código de la función
#
# Lambda ejecuta un **zip**. Lo hace `package("producer")` con lo que hay en `lambdas/producer/` y la lista de candidatos.
# Veamos qué lleva dentro y cómo empieza el código.

# %% [markdown] lang="en"
# ## The function's code
#
# Lambda runs a **zip**. `package("producer")` makes it from what is in `lambdas/producer/` and the list of candidates. Let
# us see what is inside and how the code begins.

# %%
archive = zipfile.ZipFile(io.BytesIO(package("producer")))
print(archive.namelist())
pieces = archive.read("lambda_function.py").decode().split("\n\n\n")


def show_code(*starts):
    shown = [piece for piece in pieces if piece.startswith(starts)]
    display(Markdown("```python\n" + "\n\n\n".join(shown) + "\n```"))


show_code('"""')

# %% [markdown] lang="es"
# Lo de fuera de las funciones se ejecuta **una vez**, cuando Lambda arranca el entorno: leer los candidatos y crear el
# cliente de Kinesis. El nombre del stream llega en una **variable de entorno**, así que el mismo zip sirve para cualquier
# prefijo. Y esto es lo que se ejecuta con **cada** petición:

# %% [markdown] lang="en"
# What stands outside the functions runs **once**, when Lambda starts the environment: reading the candidates and making the
# Kinesis client. The stream's name arrives in an **environment variable**, so the same zip serves any prefix. And this is
# what runs with **every** request:

# %%
show_code("def lambda_handler", "def answer")

# %% [markdown] lang="es"
# La respuesta a una API es un diccionario con `statusCode`, `headers` y `body` (texto). Los votos malos son culpa de quien
# llama: **400**, y le decimos por qué. Los fallos nuestros son **500**: el detalle va al log y fuera no sale nada.

# %% [markdown] lang="en"
# What a function answers to an API is a dictionary with `statusCode`, `headers` and `body` (text). Bad votes are the
# caller's fault: **400**, and we say why. Our own failures are **500**: the detail goes to the log and nothing gets out.

# %%
show_code("def read_vote", "def read_json", "def send_to_stream")

# %% [markdown] lang="es"
# Es la función del tutorial con cinco cosas puestas en su sitio:
#
# | El tutorial | Aquí | Por qué |
# |---|---|---|
# | `PartitionKey='partition_key_1'` | la clave es quien vota, o un identificador al azar | una clave constante manda todo a **un solo shard** (lección 1) |
# | acepta cualquier `vote` | solo los de la lista de candidatos | cada opción es una fila de la tabla: cualquiera podría crear las que quisiera |
# | `str(e)` en la respuesta 500 | un texto fijo; el error, al log | un error interno cuenta cómo está hecho lo de dentro |
# | `event['body']` sin mirar el método | `OPTIONS` se contesta antes de leer nada | la consulta previa del navegador no trae cuerpo y acababa en 500 |
# | el voto es solo `{"vote": …}` | lleva además `vote_id` y la hora | hará falta para no contar dos veces (lección 7) |
#
# Para comparar, esto contesta el código del tutorial, sin la llamada a Kinesis, a seis peticiones:

# %% [markdown] lang="en"
# It is the tutorial's function with five things put right:
#
# | The tutorial | Here | Why |
# |---|---|---|
# | `PartitionKey='partition_key_1'` | the key is the voter, or a random identifier | a constant key sends everything to **one single shard** (lesson 1) |
# | takes any `vote` | only those on the list of candidates | each option is a row of the table: anyone could create as many as they liked |
# | `str(e)` in the 500 answer | a fixed text; the error goes to the log | an internal error tells how the inside is made |
# | `event['body']` whatever the method | `OPTIONS` is answered before reading anything | the browser's preflight has no body, and ended in a 500 |
# | the vote is just `{"vote": …}` | it also carries `vote_id` and the time | needed later so as not to count twice (lesson 7) |
#
# To compare, this is what the tutorial's code, without the call to Kinesis, answers to six requests:


# %%
def tutorial_answer(event):
    try:
        body = json.loads(event["body"])
        vote_option = body.get("vote")
        if not vote_option:
            return 400, "Missing vote option"
        return 200, "Voto recibido exitosamente"
    except Exception as e:
        return 500, f"Error processing vote: {e!s}"


bodies = ['{"vote": "VER"}', "", "{vote: VER", '["VER"]', '{"vote": "XYZ"}']
for event in [{"body": body} for body in bodies] + [{}]:
    print(f"{event!s:32}", *tutorial_answer(event))

# %% [markdown] lang="es"
# Dice 500 (culpa nuestra) cuando la culpa es de quien llama, enseña errores de Python, y da por bueno a un piloto que no
# existe. La última, `{}`, es lo que pasa con un `OPTIONS`. Dentro de un momento haremos lo mismo con la nuestra.
#
# ## El rol
#
# Una función no usa tus claves: [**asume un rol**](glossary.ipynb#cell-id=role). Un rol tiene dos documentos. La **política de confianza** dice *quién*
# puede asumirlo: el servicio Lambda.

# %% [markdown] lang="en"
# It says 500 (our fault) where the caller is at fault, shows Python's errors, and accepts a driver who does not exist. The
# last one, `{}`, is what happens with an `OPTIONS`. In a moment we will do the same with ours.
#
# ## The role
#
# A function does not use your keys: it [**assumes a role**](glossary.ipynb#cell-id=role). A role has two documents. The **trust policy** says *who* may
# assume it: the Lambda service.

# %% tags=["builds"] builds="producer_role"
lambda_may_assume = {
    "Effect": "Allow",
    "Principal": {"Service": "lambda.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
try:
    iam.create_role(
        RoleName=role_name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [lambda_may_assume]}),
        Tags=lesson.names.tag_list,
    )
except iam.exceptions.EntityAlreadyExistsException as error:
    print(error.response["Error"]["Message"])

# %% [markdown] lang="es"
# La [**política de permisos**](glossary.ipynb#cell-id=policy) dice *qué* puede hacer quien lo asume. Damos lo justo: meter registros en **este** stream y
# escribir **sus propios** logs. Ni leer el stream, ni borrar nada, ni tocar otros. Si alguien lograra colarse en la
# función, eso sería todo lo que tendría.

# %% [markdown] lang="en"
# The [**permissions policy**](glossary.ipynb#cell-id=policy) says *what* whoever assumes it may do. We give just enough: put records into **this** stream
# and write **its own** logs. Not read the stream, not delete anything, not touch others. Were someone to break into the
# function, that would be all they had.

# %% tags=["builds"] builds="producer_role"
log_group_arn = f"arn:aws:logs:{region}:{account}:log-group:/aws/lambda/{producer_name}:*"
write_logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "kinesis:PutRecord", "Resource": stream_arn},
        {"Effect": "Allow", "Action": write_logs, "Resource": log_group_arn},
    ],
}
iam.put_role_policy(RoleName=role_name, PolicyName="producer", PolicyDocument=json.dumps(policy))
print(json.dumps(policy, indent=2))

# %% [markdown] lang="es"
# ## Crear la función
#
# | Parámetro | Para qué |
# |---|---|
# | `Runtime` | el lenguaje y su versión; pedimos la de este cuaderno |
# | `Handler` | archivo y función: `lambda_handler` de `lambda_function.py` |
# | `Role` | el rol que asume |
# | `Environment` | la variable `KINESIS_STREAM_NAME` del tutorial |
# | `Timeout` | segundos que puede durar una invocación (3 si no se dice nada) |
#
# Si la función ya existe, AWS lo dice con un error, y entonces le cambiamos el **código**: así la lección se puede repetir.

# %% [markdown] lang="en"
# ## Create the function
#
# | Parameter | What for |
# |---|---|
# | `Runtime` | the language and its version; we ask for this notebook's |
# | `Handler` | file and function: `lambda_handler` of `lambda_function.py` |
# | `Role` | the role it assumes |
# | `Environment` | the tutorial's variable `KINESIS_STREAM_NAME` |
# | `Timeout` | how many seconds an invocation may take (3 if nothing is said) |
#
# If the function is already there, AWS says so with an error, and then we change its **code**: that makes the lesson
# repeatable.


# %% tags=["builds"]
def create_producer():
    try:
        lambda_client.create_function(
            FunctionName=producer_name,
            Runtime=f"python3.{sys.version_info.minor}",
            Handler="lambda_function.lambda_handler",
            Role=role_arn,
            Code={"ZipFile": package("producer")},
            Environment={"Variables": {"KINESIS_STREAM_NAME": stream_name}},
            Timeout=5,
            Tags=tags,
        )
    except lambda_client.exceptions.ResourceConflictException as error:
        print(error.response["Error"]["Message"])
        lambda_client.update_function_code(FunctionName=producer_name, ZipFile=package("producer"))


# %% [markdown] lang="es"
# Y aquí llega el tropiezo más famoso de Lambda. IAM es **eventualmente consistente**: un rol recién creado existe, pero
# durante unos segundos (en AWS, unos diez; aquí, dos) el resto de servicios todavía no se lo cree. La única solución es
# volver a intentarlo, y solo con **ese** error; cualquier otro tiene que verse.

# %% [markdown] lang="en"
# And here comes the most famous stumble of Lambda. IAM is **eventually consistent**: a role just made exists, but for some
# seconds (about ten on AWS, two here) the other services do not believe it yet. The only cure is to try again, and only on
# **that** error; any other must be seen.


# %% tags=["builds"]
def producer_is_created():
    try:
        create_producer()
    except lambda_client.exceptions.InvalidParameterValueException as error:
        if "cannot be assumed by Lambda" not in str(error):
            raise
        print(error.response["Error"]["Message"])
        return False
    return True


def producer_is_ready():
    found = lambda_client.get_function_configuration(FunctionName=producer_name)
    return found["State"] == "Active" and found["LastUpdateStatus"] == "Successful"


# %% tags=["builds"] builds="producer"
await until(producer_is_created, every=1, timeout=60, what="create_function")
await until(producer_is_ready, timeout=60, what=producer_name)

# %% [markdown] lang="es"
# Cada línea «The role defined for the function cannot be assumed by Lambda.» es un intento rechazado. (Si el rol ya tenía
# unos segundos, no sale ninguna; y si la función ya existía, verás «Function already exist».) Después, la función pasa de
# `Pending` a `Active`. Esto es lo que AWS guarda de ella:

# %% [markdown] lang="en"
# Each line "The role defined for the function cannot be assumed by Lambda." is an attempt refused. (If the role was already
# some seconds old there is none; and if the function was there already, you see "Function already exist".) Then the
# function goes from `Pending` to `Active`. This is what AWS keeps about it:

# %%
configuration = lambda_client.get_function_configuration(FunctionName=producer_name)
for name in ("FunctionArn", "Role", "Runtime", "Handler", "Timeout", "MemorySize", "Environment", "State"):
    print(f"{name:13}", configuration[name])

# %% [markdown] lang="es"
# ## Invocarla a mano
#
# Antes de poner nada delante, la invocamos **directamente** con un evento como el que mandará la API: un diccionario con el
# cuerpo de la petición en `body`. `LogType="Tail"` pide además el final del log, que llega en Base64.

# %% [markdown] lang="en"
# ## Invoke it by hand
#
# Before putting anything in front, we invoke it **directly** with an event like the one the API will send: a dictionary with
# the request's body in `body`. `LogType="Tail"` also asks for the end of the log, which comes in Base64.


# %%
def invoke_producer(event):
    answer = lambda_client.invoke(FunctionName=producer_name, Payload=json.dumps(event), LogType="Tail")
    return json.loads(answer["Payload"].read()), base64.b64decode(answer["LogResult"]).decode()


good_vote = {"body": json.dumps({"vote": "VER"})}
await until(lambda: invoke_producer(good_vote)[0]["statusCode"] == 200, what=t("lesson_03.first_vote"))

# %% [markdown] lang="es"
# Un voto ya está en el stream. (También aquí esperamos: en AWS, los *permisos* del rol pueden tardar unos segundos más en
# valer.) Ahora, las mismas seis peticiones de antes. La última va con su método, como la mandaría la API:

# %% [markdown] lang="en"
# One vote is in the stream already. (Here too we wait: on AWS the role's *permissions* may take a few more seconds to hold.)
# Now the same six requests as before. The last one comes with its method, as the API would send it:

# %%
preflight_event = {"requestContext": {"http": {"method": "OPTIONS"}}}
for event in [{"body": body} for body in bodies] + [preflight_event]:
    response, log = invoke_producer(event)
    print(f"{event!s:54}", response["statusCode"], response.get("body", ""))

# %% [markdown] lang="es"
# Solo el voto bueno es un 200; lo demás es un **400** que dice qué está mal, y `OPTIONS` recibe un 204, «sin contenido».
#
# ¿Y el log? `log` guarda el de la última invocación:

# %% [markdown] lang="en"
# Only the good vote is a 200; the rest is a **400** that says what is wrong, and `OPTIONS` gets a 204, "no content".
#
# And the log? `log` holds that of the last invocation:

# %%
print(log)

# %% [markdown] lang="es"
# `START` y `END` enmarcan la invocación; `REPORT` dice cuánto duró, cuánto se factura y cuánta memoria usó. La lección 6
# vive de estas líneas.
#
# ## Una API HTTP delante
#
# Para que un navegador llegue a la función hace falta una dirección. La **creación rápida** (*quick create*) de API Gateway
# hace con una llamada la API, su integración con la función, una ruta `$default` (cualquier método, cualquier camino) y una
# etapa `$default` que se despliega sola.
#
# A API Gateway no le importa tener dos API con el mismo nombre, así que aquí no hay error que atrapar: miramos antes.

# %% [markdown] lang="en"
# `START` and `END` frame the invocation; `REPORT` says how long it took, how much is billed and how much memory it used.
# Lesson 6 lives off these lines.
#
# ## An HTTP API in front
#
# For a browser to reach the function there must be an address. API Gateway's **quick create** makes, in one call, the API,
# its integration with the function, a `$default` route (any method, any path) and a `$default` stage that deploys itself.
#
# API Gateway does not mind two APIs of the same name, so here there is no error to catch: we look first.


# %% tags=["builds"]
def find_api():
    pages = apigateway.get_paginator("get_apis").paginate()
    return next((api for page in pages for api in page["Items"] if api["Name"] == api_name), None)


# %% tags=["builds"] builds="api"
if find_api():
    print(t("lesson_03.api_exists", name=api_name))
else:
    apigateway.create_api(Name=api_name, ProtocolType="HTTP", Target=producer_arn, Tags=tags)

# %% tags=["builds"]
api = find_api()
api_id = api["ApiId"]
vote_url = f"{api['ApiEndpoint']}/vote"
print(vote_url)

# %%
for route in apigateway.get_routes(ApiId=api_id)["Items"]:
    print(route["RouteKey"], "→", route["Target"])
for integration in apigateway.get_integrations(ApiId=api_id)["Items"]:
    print(integration["IntegrationId"], integration["IntegrationType"], "→", integration["IntegrationUri"])
for stage in apigateway.get_stages(ApiId=api_id)["Items"]:
    print(stage["StageName"], "AutoDeploy", stage["AutoDeploy"])

# %% [markdown] lang="es"
# En AWS la dirección es `https://<id>.execute-api.<región>.amazonaws.com`; aquí, una de este ordenador. Le mandamos un voto
# con HTTP corriente, sin boto3: así llegará el de cualquiera.

# %% [markdown] lang="en"
# On AWS the address is `https://<id>.execute-api.<region>.amazonaws.com`; here, one of this computer. We send it a vote with
# ordinary HTTP, no boto3: that is how anyone's will arrive.


# %%
def call_api(method, vote=None, headers=None):
    body = None if vote is None else json.dumps(vote).encode()
    headers = {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(vote_url, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=35) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


# %% [markdown] lang="es"
# Antes de votar quitamos, si lo hay, un permiso que daremos después: así verás lo mismo aunque otra lección lo haya dejado
# puesto. En una función recién creada no hay nada que quitar, y AWS lo dice.

# %% [markdown] lang="en"
# Before voting we remove, if it is there, a permission that we shall give later: so you see the same even if another lesson
# left it in place. A function just made has none to remove, and AWS says so.

# %%
try:
    lambda_client.remove_permission(FunctionName=producer_name, StatementId=f"api-{api_id}")
except lambda_client.exceptions.ResourceNotFoundException as error:
    print(error.response["Error"]["Message"])
await until(lambda: call_api("POST", {"vote": "NOR"})[0] == 500, every=1, what="HTTP 500")
print(*call_api("POST", {"vote": "NOR"})[::2])

# %% [markdown] lang="es"
# **500, Internal Server Error**, y nada más: la puerta no cuenta sus motivos a los de fuera. La función ni se ha enterado.
# El motivo: la API *apunta* a la función, pero nadie le ha dado permiso para *invocarla*. La creación rápida no lo da.
#
# Es un permiso distinto de los del rol. El rol dice lo que la función puede hacer; la **política de la función** dice quién
# puede invocarla. Aquí: el servicio API Gateway, y solo en nombre de **esta** API.

# %% [markdown] lang="en"
# **500, Internal Server Error**, and nothing else: the door does not tell outsiders its reasons. The function never heard of
# it. The reason: the API *points* at the function, but nobody has allowed it to *invoke* it. Quick create does not.
#
# This permission is not one of the role's. The role says what the function may do; the **function's policy** says who may
# invoke it. Here: the API Gateway service, and only on behalf of **this** API.

# %% tags=["builds"] builds="api_permission"
try:
    lambda_client.add_permission(
        FunctionName=producer_name,
        StatementId=f"api-{api_id}",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:{region}:{account}:{api_id}/*",
    )
except lambda_client.exceptions.ResourceConflictException as error:
    print(error.response["Error"]["Message"])

# %%
await until(lambda: call_api("POST", {"vote": "NOR"})[0] == 200, every=1, what=vote_url)
print(*call_api("POST", {"vote": "NOR"})[::2])
print(*call_api("POST", {"vote": "XYZ"})[::2])

# %% [markdown] lang="es"
# **200**: el voto entra por HTTP, pasa por la función y acaba en el stream. Y un piloto que no existe sigue siendo un 400.
#
# Prueba tú: el formulario usa la función `post_vote` de la celda y enseña la respuesta tal como llega.

# %% [markdown] lang="en"
# **200**: the vote comes in over HTTP, goes through the function and ends in the stream. And a driver who does not exist is
# still a 400.
#
# Try it yourself: the form uses the cell's function `post_vote` and shows the answer as it comes.


# %%
def post_vote(code):
    answer = call_api("POST", {"vote": code})
    return answer[0], answer[2]


form = VoteForm(post_vote)
await form.send("PIA")
form

# %% [markdown] lang="es"
# ## Desde una página de otro origen: CORS
#
# Un **origen** es esquema, máquina y puerto. Una página solo puede leer respuestas de *su* origen, salvo que el otro lado
# diga que no le importa: eso es [**CORS**](glossary.ipynb#cell-id=cors). Para un POST con JSON, el navegador pregunta antes con un `OPTIONS`, la
# [**consulta previa**](glossary.ipynb#cell-id=preflight) (*preflight*): «soy una página de tal origen, ¿puedo?». Si las cabeceras de la respuesta no dicen que
# sí, el POST ni se manda.
#
# Python no es un navegador y no obedece a CORS, así que podemos hacer esas dos peticiones a mano y mirar las cabeceras.

# %% [markdown] lang="en"
# ## From a page of another origin: CORS
#
# An **origin** is scheme, host and port. A page may only read answers of *its own* origin, unless the other side says it
# does not mind: that is [**CORS**](glossary.ipynb#cell-id=cors). For a POST with JSON the browser asks first, with an `OPTIONS`, the [**preflight**](glossary.ipynb#cell-id=preflight): "I am a
# page of such an origin, may I?" If the headers of the answer do not say yes, the POST is not even sent.
#
# Python is not a browser and does not obey CORS, so we can make those two requests by hand and look at the headers.


# %%
def show_answer(method, origin, status, headers, text):
    print(f"{method} {origin} → {status} {text}")
    for name, value in sorted(headers.items()):
        if name.lower().startswith("access-control-"):
            print(f"    {name.lower()}: {value}")


def preflight(origin):
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    return call_api("OPTIONS", headers={"Origin": origin, **asked})


def as_browser(origin):
    show_answer("OPTIONS", origin, *preflight(origin))
    show_answer("POST", origin, *call_api("POST", {"vote": "LEC"}, {"Origin": origin}))


def api_answers(origin):
    return preflight(origin)[1]["Access-Control-Max-Age"] == "300"


# %% [markdown] lang="es"
# Y una página de verdad. Va en un marco aislado (`sandbox`), cuyo origen el navegador llama `null`: distinto de todos. Con
# su botón, el navegador hace las dos peticiones por sí mismo.

# %% [markdown] lang="en"
# And a real page. It sits in an isolated frame (`sandbox`), whose origin the browser calls `null`: different from all. With
# its button, the browser makes the two requests by itself.


# %%
def voting_page():
    page = """<meta charset="utf-8"><button>LABEL</button> <output style="font:15px monospace"></output><script>
      const output = document.querySelector("output");
      const request = {method: "POST", headers: {"Content-Type": "application/json"}, body: '{"vote": "LEC"}'};
      document.querySelector("button").onclick = () => fetch("URL", request)
        .then(async answer => { output.value = `${answer.status} ${await answer.text()}`; })
        .catch(error => { output.value = error; });
    </script>"""
    label = t("lesson_03.page_button")
    page = html.escape(page.replace("LABEL", label).replace("URL", vote_url))
    frame = f'<iframe sandbox="allow-scripts" title="{label}" srcdoc="{page}" width="100%" height="60">'
    return HTML(f"<div>{frame}</iframe></div>")


# %% [markdown] lang="es"
# ### Caso 1 · La API no sabe nada de CORS: contesta la función
#
# Es lo que espera el tutorial, que pone las cabeceras en el código. Funciona porque la ruta `$default` recoge **también**
# los `OPTIONS`, y la función sabe contestarlos.
#
# Quitamos de la API la configuración de CORS, por si la lección se repite; en una API recién creada no hay ninguna.

# %% [markdown] lang="en"
# ### Set-up 1 · The API knows nothing of CORS: the function answers
#
# This is what the tutorial expects, with the headers in its code. It works because the `$default` route takes `OPTIONS`
# **too**, and the function knows how to answer them.
#
# We remove the API's CORS configuration, in case the lesson is being repeated; an API just made has none.

# %%
if "CorsConfiguration" in find_api():
    apigateway.delete_cors_configuration(ApiId=api_id)
await until(lambda: not api_answers("https://votes.example"), every=1, what="CorsConfiguration")
as_browser("https://votes.example")

# %% [markdown] lang="es"
# Las dos respuestas llevan las tres cabeceras del código de la función. Cada consulta previa es, pues, una invocación que se
# paga. Pulsa el botón: **200**, la página puede votar.

# %% [markdown] lang="en"
# Both answers carry the three headers of the function's code. So each preflight is an invocation that is paid for. Press the
# button: **200**, the page can vote.

# %%
voting_page()

# %% [markdown] lang="es"
# ### Caso 2 · CORS configurado en la API: contesta la API
#
# Ahora se lo decimos a la API, y solo para las páginas de `https://votes.example`. Votamos desde ese origen y desde otro.

# %% [markdown] lang="en"
# ### Set-up 2 · CORS configured at the API: the API answers
#
# Now we tell the API, and only for the pages of `https://votes.example`. We vote from that origin and from another.

# %%
apigateway.update_api(
    ApiId=api_id,
    CorsConfiguration={
        "AllowOrigins": ["https://votes.example"],
        "AllowMethods": ["POST"],
        "AllowHeaders": ["content-type"],
        "MaxAge": 300,
    },
)
await until(lambda: api_answers("https://votes.example"), every=1, what="CorsConfiguration")

# %%
as_browser("https://votes.example")
as_browser("https://other.example")

# %% [markdown] lang="es"
# Mira tres cosas:
#
# 1. La consulta previa la contesta **la API** con un 204, y con lo que acabamos de configurar (`max-age` no está en la
#    función). La función no se invoca.
# 2. La función sigue poniendo `access-control-allow-origin: *` en sus respuestas, pero **se ignora**: la API quita esas
#    cabeceras y pone las suyas.
# 3. El otro origen no recibe ninguna cabecera, y sin embargo su POST dice **200**: el voto ha entrado. CORS lo hace cumplir
#    el *navegador*, para proteger a quien lo usa; no es un candado de tu API.
#
# Pulsa ahora el botón: el navegador se niega («Failed to fetch», o palabras parecidas). Las tres páginas usan la misma API,
# así que vale lo último que se haya configurado: si ejecutaste todo de una vez, vuelve a ejecutar la celda de
# `update_api` y pulsa.

# %% [markdown] lang="en"
# Look at three things:
#
# 1. The preflight is answered by **the API** with a 204, and with what we have just configured (`max-age` is not in the
#    function). The function is not invoked.
# 2. The function goes on putting `access-control-allow-origin: *` in its answers, but that **is ignored**: the API takes
#    those headers away and puts its own.
# 3. The other origin gets no header at all, and yet its POST says **200**: the vote went in. It is the *browser* that
#    enforces CORS, to protect whoever uses it; it is not a lock on your API.
#
# Press the button now: the browser refuses ("Failed to fetch", or similar words). The three pages use the same API, so the
# latest configuration holds: if you ran everything in one go, run the cell of `update_api` again and press.

# %%
voting_page()

# %% [markdown] lang="es"
# ### Como se queda
#
# En clase se vota desde cualquier página, así que abrimos la API a todos los orígenes. Lo dejamos en **un** sitio, la API:
# las consultas previas no invocan la función, y lo que diga el código ya no importa.

# %% [markdown] lang="en"
# ### How it stays
#
# In class people vote from any page, so we open the API to all origins. We leave it in **one** place, the API: preflights do
# not invoke the function, and what the code says matters no longer.

# %% tags=["builds"] builds="api"
apigateway.update_api(
    ApiId=api_id,
    CorsConfiguration={
        "AllowOrigins": ["*"],
        "AllowMethods": ["POST"],
        "AllowHeaders": ["content-type"],
        "MaxAge": 300,
    },
)["CorsConfiguration"]

# %%
await until(lambda: api_answers("https://other.example"), every=1, what="CorsConfiguration")
as_browser("https://other.example")
print(vote_url)
voting_page()

# %% [markdown] lang="es"
# El botón vuelve a funcionar. Guarda la dirección: las lecciones que vienen votan por ella.
#
# ## El voto, leído del stream
#
# ¿De verdad ha llegado todo? Votamos una vez más, ahora con nombre de votante, que será la *partition key*, y leemos el
# stream desde el principio, shard por shard. `MillisBehindLatest` dice a cuánto estamos del final: 0 es haberlo leído todo.

# %% [markdown] lang="en"
# The button works again. Keep the address: the lessons to come vote through it.
#
# ## The vote, read from the stream
#
# Has everything really arrived? We vote once more, now with a voter's name, which will be the *partition key*, and read the
# stream from its beginning, shard by shard. `MillisBehindLatest` says how far we are from the end: 0 means all is read.


# %%
def read_stream():
    open_shards = kinesis.list_shards(StreamName=stream_name, ShardFilter={"Type": "AT_LATEST"})["Shards"]
    for shard_id in [shard["ShardId"] for shard in open_shards]:
        iterator = kinesis.get_shard_iterator(
            StreamName=stream_name, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        behind = True
        while behind:
            answer = kinesis.get_records(ShardIterator=iterator)
            iterator, behind = answer["NextShardIterator"], answer["MillisBehindLatest"]
            for record in answer["Records"]:
                yield shard_id, record


def votes_of(voter):
    return [record for shard_id, record in read_stream() if record["PartitionKey"] == voter]


# %% [markdown] lang="es"
# Además escuchamos el cable: boto3 avisa con un evento justo antes de interpretar cada respuesta, y guardamos el texto tal
# como llegó.

# %% [markdown] lang="en"
# We also listen to the wire: boto3 announces, with an event, that it is about to parse an answer, and we keep the text as it
# came.

# %%
wire = []
kinesis.meta.events.register(
    "before-parse.kinesis.GetRecords", lambda response_dict, **_: wire.append(response_dict["body"]), "wire"
)
call_api("POST", {"vote": "COL", "voter": "lucia"})
lucia_votes = await until(lambda: votes_of("lucia"), every=1, what="lucia")
kinesis.meta.events.unregister("before-parse.kinesis.GetRecords", unique_id="wire")
lucia_votes[-1]

# %% [markdown] lang="es"
# `Data` son bytes: el JSON que escribió la función, con el `vote_id` y la hora que le puso. Y esto es lo que vino por el
# cable:

# %% [markdown] lang="en"
# `Data` is bytes: the JSON that the function wrote, with the `vote_id` and the time it gave it. And this is what came over
# the wire:

# %%
raw_records = [record for body in wire for record in json.loads(body)["Records"]]
raw_record = next(raw for raw in raw_records if raw["SequenceNumber"] == lucia_votes[-1]["SequenceNumber"])
print(raw_record["Data"])
print(base64.b64decode(raw_record["Data"]))

# %% [markdown] lang="es"
# **Base64**: en un JSON no caben bytes cualesquiera, así que Kinesis los escribe con 64 caracteres corrientes. boto3 lo
# deshace por nosotros cuando leemos; al consumidor, en cambio, los datos le llegarán así, y tendrá que deshacerlo él
# (lección 4).
#
# ¿Y dejarlo encendido? La función y la API se pagan por llamada: sin votos no cuestan nada. Lo que corre es el shard.

# %% [markdown] lang="en"
# **Base64**: a JSON cannot hold just any bytes, so Kinesis writes them with 64 ordinary characters. boto3 undoes it for us
# when we read; the consumer, instead, will get the data like this, and has to undo it itself (lesson 4).
#
# And leaving it on? The function and the API are paid by the call: without votes they cost nothing. What keeps running is
# the shard.

# %% [markdown] lang="es"
# ## Ejercicio 1 · Más paciencia
#
# Si el stream anda justo, boto3 reintenta dentro de la función, y 5 segundos pueden ser pocos. Cambia **solo** el tiempo
# máximo de la función a **15 segundos** y deja en `new_configuration` la respuesta de la llamada. (La API espera 30 como
# mucho: más no serviría.)
#
# <details><summary>Pista</summary>
#
# <code>lambda_client.update_function_configuration</code> cambia lo que le digas y deja lo demás como está.
#
# </details>

# %% [markdown] lang="en"
# ## Exercise 1 · More patience
#
# When the stream is short of room, boto3 retries inside the function, and 5 seconds may be too few. Change **only** the
# function's timeout to **15 seconds** and leave the call's answer in `new_configuration`. (The API waits 30 at most: more
# would not help.)
#
# <details><summary>Hint</summary>
#
# <code>lambda_client.update_function_configuration</code> changes what you tell it and leaves the rest as it is.
#
# </details>

# %% tags=["exercise"]
# stub
# new_configuration = ...
# solution
new_configuration = lambda_client.update_function_configuration(FunctionName=producer_name, Timeout=15)
# end
await until(producer_is_ready, timeout=60, what=producer_name)

# %%
await lesson.check("longer_timeout", new_configuration=new_configuration)

# %% [markdown] lang="es"
# ## Ejercicio 2 · La votante y su shard
#
# Vota **dos veces** por la API como `marta` (dos pilotos distintos, si quieres). Después lee el stream y deja en
# `marta_shards` el **conjunto** de los shards donde están sus votos. ¿Cuántos esperas?
#
# <details><summary>Pista</summary>
#
# <code>call_api</code> manda un voto, como el de <code>lucia</code>. <code>read_stream()</code> da parejas (shard,
# registro), y cada registro lleva su <code>PartitionKey</code>. Un conjunto: <code>{… for … in … if …}</code>.
#
# </details>

# %% [markdown] lang="en"
# ## Exercise 2 · The voter and her shard
#
# Vote **twice** through the API as `marta` (two different drivers, if you like). Then read the stream and leave in
# `marta_shards` the **set** of the shards where her votes are. How many do you expect?
#
# <details><summary>Hint</summary>
#
# <code>call_api</code> sends a vote, like <code>lucia</code>'s. <code>read_stream()</code> gives pairs (shard, record), and
# each record carries its <code>PartitionKey</code>. A set: <code>{… for … in … if …}</code>.
#
# </details>

# %% tags=["exercise"]
# stub
# marta_shards = ...
# solution
for driver in ("SAI", "PER"):
    call_api("POST", {"vote": driver, "voter": "marta"})
marta_shards = {shard_id for shard_id, record in read_stream() if record["PartitionKey"] == "marta"}
# end

# %%
await lesson.check("same_shard", marta_shards=marta_shards)

# %% [markdown] lang="es"
# ## Comprueba lo que sabes

# %% [markdown] lang="en"
# ## Check what you know

# %%
lesson.quiz()

# %% [markdown] lang="es"
# ## Ideas clave
#
# - El **rol** dice lo que la función puede hacer; la **política de la función**, quién puede invocarla. En los dos, lo justo.
# - IAM tarda en creerse: «cannot be assumed by Lambda» se reintenta, cualquier otro error no.
# - Un voto malo es un 400 con su motivo; un fallo propio, un 500 sin detalles, y el detalle en el log.
# - CORS va en un solo sitio. Configurado en la API, contesta ella y lo que diga la función se ignora; y no es un candado.
# - La *partition key* es quien vota: sus votos comparten shard y orden. Por el cable, los datos van en Base64.
#
# **Siguiente:** [4 · El consumidor](04_consumer.ipynb), la función que convierte los registros en recuentos.

# %% [markdown] lang="en"
# ## Key points
#
# - The **role** says what the function may do; the **function's policy**, who may invoke it. In both, just enough.
# - IAM takes time to be believed: "cannot be assumed by Lambda" is retried, any other error is not.
# - A bad vote is a 400 with its reason; a failure of ours, a 500 without details, and the details in the log.
# - CORS lives in one place. Configured at the API, the API answers and what the function says is ignored; and it is no lock.
# - The *partition key* is the voter: her votes share shard and order. Over the wire the data travels in Base64.
#
# **Next:** [4 · The consumer](04_consumer.ipynb), the function that turns records into counts.

# %%
lesson.finish()
